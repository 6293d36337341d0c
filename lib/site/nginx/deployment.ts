/** The addresses and places of one running nginx: all that is known only after a deployment. */
export interface NginxDeployment {
  /** Where visitors are answered: `port` or `address:port` (nginx `listen`). */
  readonly listen: string;
  /** Where the health check and nginx's own numbers are answered. */
  readonly statusListen: string;
  /** The Memcached nodes, as `host:port`. Their names are on the ring as they are written here. */
  readonly nodes: readonly string[];
  /** The file with the certificates that the nodes' are checked with, where they speak TLS. Default: they do not */
  readonly cacheTls?: string;
  /** The writer, as `host:port`. */
  readonly writer: string;
  /** The load balancer before the fill function, as `host:port`, where that is in the writer's place. Default: it is not */
  readonly fillFunction?: string;
  /** `http://host:port` or `https://host:port`, without a path. */
  readonly origin: string;
  /** Which Host header the origin gets: the visitor's, or its own name. */
  readonly originHostHeader: 'visitor' | 'origin';
  /** A header that only the site sends, by which the origin knows it. Default: none */
  readonly originSecret?: { readonly header: string; readonly value: string };
  /** What the signatures of variants' cookies are checked with, by the variant's name. Default: none is signed */
  readonly variantKeys?: Readonly<Record<string, string>>;
  /** Whether only a load balancer can connect, so that its `X-Forwarded-Proto` is to be believed. */
  readonly behindLoadBalancer: boolean;
  /** The directory that nginx is started with (`-p`), absolute: where its sockets are. */
  readonly directory: string;
  /** nginx `access_log`'s first parameter: a file, or `syslog:server=…`. */
  readonly accessLog: string;
  /** How many of a hundred hits are logged, with at most two decimals. Default: all */
  readonly loggedHits?: number;
  /** The same of all other requests. Default: all */
  readonly loggedOthers?: number;
  /** nginx `error_log`'s first parameter. */
  readonly errorLog: string;
}
