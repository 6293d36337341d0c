/**
 * The headers that nginx and a writer say to each other. A writer that visitors can reach believes none of them.
 */
export class WriterProtocol {
  /** Asked: the page key that nginx computed; the writer computes it again and stores nothing when they differ. */
  public static readonly KEY = 'X-Nms-Key';
  /** Asked: `http` or `https`. Load balancers overwrite `X-Forwarded-Proto`, hence a header of our own. */
  public static readonly SCHEME = 'X-Nms-Scheme';
  /** Asked: the declared variants' values, `name=value` joined by `;`, in the order of the site's document. */
  public static readonly VARIANTS = 'X-Nms-Variants';
  /**
   * Asked of a fill function: path and query, of which its load balancer would lose something. The path is nginx's `$uri`,
   * of which every byte but letters, digits and a few marks is percent-encoded, `/` too.
   */
  public static readonly TARGET = 'X-Nms-Target';
  /** Asked: what the visitor's `Cache-Control` asks of the cache, where that counts. */
  public static readonly DIRECTIVES = 'X-Nms-Directives';
  /** Sent with an unsafe request: the host that the visitor asked for, which the origin may be told otherwise. */
  public static readonly HOST = 'X-Nms-Host';
  /** Sent with an unsafe request: scheme and authority that the visitor asked for. */
  public static readonly ORIGIN = 'X-Nms-Origin';
  /** Sent with an unsafe request whose method Node could not read, which comes as a POST: its method. */
  public static readonly METHOD = 'X-Nms-Method';
  /** Sent to an application that stores its pages itself, which must not store the answers to requests without it. */
  public static readonly MAY_STORE = 'X-Nms-May-Store';
  /** Answered with a page: `stored`, `hit` (another writer had stored it), `stale` (the origin failed) or why it was not stored. */
  public static readonly OUTCOME = 'X-Nms-Outcome';
  /** Answered with a page whose status is not 200: its status. The answer's own is 200, as every page's. */
  public static readonly STATUS = 'X-Nms-Status';
  /** Answered with a page that is stored: the seconds that are left of its lifetime, as a parameter of `Cache-Status`. */
  public static readonly TTL = 'X-Nms-Ttl';
  /** Stored with a page: when its origin made it and when its lifetime is over, in seconds since 1970. */
  public static readonly TIMES = 'X-Nms-Times';
  /** The Content-Type of a page that has none: a load balancer would give it one. */
  public static readonly NO_TYPE = 'application/x-nms-none';
  /** The answer's status, with nothing else: nginx is to ask the origin with the visitor's whole request. */
  public static readonly PASS = 421;
  /** The answer's status, with nothing else: nginx finds the page where it was stored. */
  public static readonly STORED = 303;
}
