import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SiteConfig } from '../lib/site/site-config';
import { variantKeyVariable } from '../lib/site/variant-signing';
import type { Certificate } from './certificate';
import { createTable, standInClient, startDynamoStandIn, type DynamoStandIn } from './dynamodb-stand-in';
import { startFillFunction } from './fill-function';
import { freePort } from './free-port';
import { type LocalFunctions, startFunctions } from './functions';
import { startInvokeApi } from './invoke-api';
import { type LocalMemcached, startMemcached } from './memcached';
import { type LocalDeployment, type LocalNginx, startNginx } from './nginx';
import type { LocalQueue } from './queue';
import { type LocalWriter, startWriter } from './writer';

export interface StartSiteOptions {
  readonly config: SiteConfig;
  /** `http://host:port` of the application. */
  readonly origin: string;
  readonly originHostHeader?: 'visitor' | 'origin';
  /** A header that only the site sends. Default: none */
  readonly originSecret?: { readonly header: string; readonly value: string };
  /** What the values of signed cookies are signed with, by the variant's name. Default: no value is signed */
  readonly variantKeys?: Readonly<Record<string, string>>;
  /** nginx's port. Default: a free one. */
  readonly port?: number;
  /** The Invoke API's port. Default: a free one. */
  readonly lambdaPort?: number;
  /** Default: 2 */
  readonly memcachedNodes?: number;
  /** What memcached speaks TLS with. Default: plain connections */
  readonly memcachedTls?: Certificate;
  /** Options of memcached's own. Default: those of `startMemcached` */
  readonly memcachedOptions?: readonly string[];
  /** Variables that the writer and the functions get besides those of this site, or instead of them. Default: none */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether `X-Forwarded-Proto` is believed, as behind a load balancer. Default: false */
  readonly behindLoadBalancer?: boolean;
  /** What the events of S3 and DynamoDB purge, as `NMS_EVENT_RULES`. Default: nothing */
  readonly eventRules?: object;
  /** Which pages the objects of buckets are, as `NMS_BUCKET_RULES`, and where S3 is. Default: none */
  readonly buckets?: { readonly rules: object; readonly s3Url: string };
  /** Where the jobs of CodePipeline and, at the same origin, CloudFormation are answered. Default: nowhere */
  readonly codePipelineUrl?: string;
  /** Where missed pages are rendered: beside nginx, or by a function behind a load balancer. Default: `sidecar` */
  readonly fill?: 'sidecar' | 'function';
  /** How many requests a fill function takes at once; others are throttled. Default: 8 */
  readonly fillConcurrency?: number;
  /** Options of the sidecar's Node. Default: none */
  readonly writerOptions?: readonly string[];
  /** What nginx, the writer and the functions say. Default: standard error. */
  readonly onMessage?: (line: string) => void;
  /** The writer's lines for CloudWatch. Default: nobody takes them */
  readonly onMetrics?: (line: string) => void;
}

/** A whole site on 127.0.0.1: real nginx, real memcached, the task's writer, the functions; AWS is stood in for at its API. */
export interface LocalSite {
  /** `http://127.0.0.1:port`, where visitors come. */
  readonly url: string;
  /** `http://127.0.0.1:port`, where functions are invoked. */
  readonly lambdaUrl: string;
  readonly nginx: LocalNginx;
  readonly deployment: LocalDeployment;
  readonly memcached: readonly LocalMemcached[];
  readonly writer: LocalWriter;
  readonly dynamo: DynamoStandIn;
  readonly functions: LocalFunctions;
  readonly warmQueue: LocalQueue;
  /** What the site tells its programs. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * Starts a site's parts in the order in which they need each other.
 *
 * @throws Error when a part does not start; those that did are stopped again.
 */
export async function startSite(options: StartSiteOptions): Promise<LocalSite> {
  const {
    config,
    origin,
    originHostHeader = 'visitor',
    behindLoadBalancer = false,
    eventRules = {},
    codePipelineUrl = 'http://127.0.0.1:9',
    onMessage = console.error,
  } = options;
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  const started = async <T>(part: Promise<T>, end: (part: T) => Promise<unknown>): Promise<T> => {
    const running = await part;
    stops.push(() => end(running));
    return running;
  };
  try {
    const directory = await started(mkdtemp(join(tmpdir(), 'nginx-memcache-site-')), (path) =>
      rm(path, { recursive: true, force: true }),
    );
    await writeFile(join(directory, 'site.json'), JSON.stringify(config));
    // In turn: one that fails must not leave another one that is still starting.
    const memcached: LocalMemcached[] = [];
    const nodeOptions = { tls: options.memcachedTls, options: options.memcachedOptions };
    while (memcached.length < (options.memcachedNodes ?? 2)) {
      memcached.push(await started(startMemcached(nodeOptions), (node) => node.stop()));
    }
    const dynamo = await started(startDynamoStandIn(), (table) => table.close());
    const tableName = `site-${randomBytes(4).toString('hex')}`;
    await prepareTable(dynamo.endpoint, tableName);

    const nodes = memcached.map(({ address }) => address);
    const writerAddress = `127.0.0.1:${await freePort()}`;
    const env = {
      PATH: process.env.PATH ?? '',
      NMS_SITE_CONFIG: join(directory, 'site.json'),
      NMS_TABLE: tableName,
      NMS_DYNAMODB_ENDPOINT: dynamo.endpoint,
      NMS_CACHE_NODES: nodes.join(','),
      ...(options.memcachedTls ? { NMS_CACHE_TLS: 'true', NMS_CACHE_CA: options.memcachedTls.certificate } : {}),
      NMS_ORIGIN: origin,
      ...(options.originSecret
        ? { NMS_ORIGIN_SECRET: options.originSecret.value, NMS_ORIGIN_SECRET_HEADER: options.originSecret.header }
        : {}),
      ...Object.fromEntries(
        Object.entries(options.variantKeys ?? {}).map(([name, key]) => [variantKeyVariable('KEY', name), key]),
      ),
      NMS_ORIGIN_HOST_HEADER: originHostHeader,
      NMS_WRITER: writerAddress,
      AWS_REGION: 'local',
      // The functions run on Lambda's own Node.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      ...options.env,
    };
    const fillFunction =
      options.fill === 'function'
        ? await started(startFillFunction(env, onMessage, options.fillConcurrency ?? 8), (running) => running.stop())
        : undefined;
    const writer =
      fillFunction ??
      (await started(startWriter(env, onMessage, options.writerOptions, options.onMetrics), (process) =>
        process.stop(),
      ));
    const lambdaPort = options.lambdaPort ?? (await freePort());
    const lambdaUrl = `http://127.0.0.1:${lambdaPort}`;
    const { functions, warmQueue } = await startFunctions({
      ...{ env, lambdaUrl, eventRules, codePipelineUrl, onMessage, started, buckets: options.buckets },
    });
    await started(startInvokeApi(functions, lambdaPort), async (server) => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const deployment = {
      listen: `127.0.0.1:${options.port ?? (await freePort())}`,
      statusListen: `127.0.0.1:${await freePort()}`,
      nodes,
      cacheTls: options.memcachedTls?.certificate,
      writer: writerAddress,
      fillFunction: fillFunction?.address,
      origin,
      originHostHeader,
      originSecret: options.originSecret,
      variantKeys: options.variantKeys,
      behindLoadBalancer,
    };
    const nginx = await started(startNginx({ config, deployment, onMessage }), (server) => server.stop());
    return {
      url: `http://${deployment.listen}`,
      lambdaUrl,
      nginx,
      deployment,
      memcached,
      writer,
      dynamo,
      functions,
      warmQueue,
      environment: env,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepareTable(endpoint: string, name: string): Promise<void> {
  const client = standInClient(endpoint);
  await createTable(client, name);
  client.destroy();
}
