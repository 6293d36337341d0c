import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSiteConfig, type SiteConfig, SiteConfigError } from '../lib/site/site-config';
import { type CacheAddress, readCacheAddress } from './cache-address';
import { matching, oneOf, readAll, type VariableReaders, type Variables } from './variables';
import { readVariantKeyArns, readVariantKeys, type VariantKeys } from './variant-keys';

export { EnvironmentError } from './variables';

/** A header that only the site sends. */
export interface OriginSecret {
  readonly header: string;
  readonly value: string;
}

/** What a process of the site is told by its environment: all that is known only after a deployment. */
export interface Environment {
  /** `NMS_SITE_DOCUMENT`: the site's document. Or `NMS_SITE_CONFIG`: its path. Default: `site.json` beside the program. */
  readonly site: SiteConfig;
  /** `NMS_ORIGIN`: `http://host:port` or `https://host:port`. */
  readonly origin: string;
  /** The same for a function that may not be able to reach it. Default: it cannot */
  readonly reachableOrigin: string | undefined;
  /** `NMS_ORIGIN_SECRET`, in the header `NMS_ORIGIN_SECRET_HEADER`: by what the origin knows the site. Default: nothing */
  readonly originSecret: OriginSecret | undefined;
  /** The same for a function: `NMS_ORIGIN_SECRET_ARN` says where the secret lies. Default: nothing */
  readonly originSecretAt: { readonly header: string; readonly arn: string } | undefined;
  /** `NMS_VARIANT_KEY_…` of each signed variant: what its values are signed with. */
  readonly variantKeys: VariantKeys;
  /** The same for a function: `NMS_VARIANT_ARN_…` says where each lies. Default: pages of its signed values are not rendered */
  readonly variantKeysAt: VariantKeys;
  /** `NMS_ORIGIN_HOST_HEADER`: whose host the origin is asked for. Default: `visitor` */
  readonly originHostHeader: 'visitor' | 'origin';
  /**
   * `NMS_CACHE_ENDPOINT` (a configuration endpoint) or `NMS_CACHE_NODES` (`host:port`, parted by commas); with
   * `NMS_CACHE_TLS` `true`, over TLS, checked with the certificates in `NMS_CACHE_CA` (default: the system's).
   */
  readonly cache: CacheAddress;
  /** `NMS_TABLE`: the DynamoDB table of the index and the journal. */
  readonly table: string;
  /** `NMS_DYNAMODB_ENDPOINT`: a stand-in's URL. Default: DynamoDB itself */
  readonly dynamodbEndpoint: string | undefined;
  /** `NMS_WARM_FUNCTION`: the name or ARN of the function that warms, inside the VPC. */
  readonly warmFunction: string;
  /** `NMS_WARM_QUEUE`: the URL of the queue of its work. */
  readonly warmQueue: string;
  /** `NMS_LISTEN`: where visitors are answered. Default: `8080` */
  readonly listen: string;
  /** `NMS_STATUS_LISTEN`: where health checks are answered. Default: `8081` */
  readonly statusListen: string;
  /** `NMS_WRITER`: the sidecar's address, on this machine. Default: `127.0.0.1:8082` */
  readonly writer: string;
  /** `NMS_FILL_FUNCTION`: `host:port` of the load balancer before the fill function, which is then in the writer's place. */
  readonly fillFunction: string | undefined;
  /** `NMS_WATCH_EVERY`: seconds between two looks at the cluster's nodes and at names. Default: `30` */
  readonly watchEvery: number;
  /** `NMS_METRICS`: whether CloudWatch is told anything. Default: `true` */
  readonly metrics: boolean;
  /** `NMS_METRICS_EVERY`: seconds between two lines for CloudWatch. Default: `60` */
  readonly metricsEvery: number;
  /** `NMS_LOGGED_HITS`: how many of a hundred hits nginx logs. Default: `100` */
  readonly loggedHits: number;
  /** `NMS_LOGGED_OTHERS`: the same of all other requests. Default: `100` */
  readonly loggedOthers: number;
  /** `NMS_BEHIND_LOAD_BALANCER`: whether `X-Forwarded-Proto` is to be believed. Default: `false` */
  readonly behindLoadBalancer: boolean;
}

const LISTEN = /^(?:[\w.-]+:)?\d{1,5}$/;
const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|localhost):\d{1,5}$/;

type Readers = VariableReaders<Environment>;

const readers: Readers = {
  site: readSiteConfig,
  origin: (variables) => readOrigin(variables.NMS_ORIGIN),
  reachableOrigin: (variables) => (variables.NMS_ORIGIN ? readOrigin(variables.NMS_ORIGIN) : undefined),
  originSecret: (variables) => {
    if (!variables.NMS_ORIGIN_SECRET) return undefined;
    // Into a header, and into nginx's configuration.
    const rule = 'visible ASCII without quotes, \\ and $';
    const value = matching(variables, 'NMS_ORIGIN_SECRET', /^[\x21\x23\x25-\x26\x28-\x5b\x5d-\x7e]{1,4096}$/, rule);
    return { header: secretHeader(variables), value };
  },
  originSecretAt: (variables) =>
    variables.NMS_ORIGIN_SECRET_ARN
      ? { header: secretHeader(variables), arn: matching(variables, 'NMS_ORIGIN_SECRET_ARN', /^arn:/, 'an ARN') }
      : undefined,
  variantKeys: (variables) => ofSignedVariants(variables, readVariantKeys),
  variantKeysAt: (variables) => ofSignedVariants(variables, readVariantKeyArns),
  originHostHeader: (variables) => oneOf(variables, 'NMS_ORIGIN_HOST_HEADER', ['visitor', 'origin']),
  cache: readCacheAddress,
  table: (variables) => matching(variables, 'NMS_TABLE', /^[\w.-]{3,255}$/, "a table's name"),
  dynamodbEndpoint: (variables) =>
    variables.NMS_DYNAMODB_ENDPOINT
      ? matching(variables, 'NMS_DYNAMODB_ENDPOINT', /^https?:\/\/[^/]+\/?$/, 'a URL such as http://127.0.0.1:8000')
      : undefined,
  warmFunction: (variables) => matching(variables, 'NMS_WARM_FUNCTION', /^[\w:$-]{1,200}$/, "a function's name or ARN"),
  warmQueue: (variables) => matching(variables, 'NMS_WARM_QUEUE', /^https?:\/\//, "a queue's URL"),
  listen: (variables) => matching(variables, 'NMS_LISTEN', LISTEN, 'port or address:port', '8080'),
  statusListen: (variables) => matching(variables, 'NMS_STATUS_LISTEN', LISTEN, 'port or address:port', '8081'),
  // Who can reach the writer decides what is stored.
  writer: (variables) => matching(variables, 'NMS_WRITER', LOOPBACK, 'host:port on this machine', '127.0.0.1:8082'),
  // Only the tier's tasks are let in there.
  fillFunction: (variables) =>
    variables.NMS_FILL_FUNCTION
      ? matching(variables, 'NMS_FILL_FUNCTION', /^[\w.-]+:\d{1,5}$/, 'host:port of a load balancer')
      : undefined,
  watchEvery: (variables) =>
    Number(matching(variables, 'NMS_WATCH_EVERY', /^[1-9]\d{0,3}$/, 'seconds, 1 to 9999', '30')),
  metrics: (variables) => oneOf(variables, 'NMS_METRICS', ['true', 'false']) === 'true',
  metricsEvery: (variables) =>
    Number(matching(variables, 'NMS_METRICS_EVERY', /^[1-9]\d{0,3}$/, 'seconds, 1 to 9999', '60')),
  loggedHits: (variables) => readPercent(variables, 'NMS_LOGGED_HITS'),
  loggedOthers: (variables) => readPercent(variables, 'NMS_LOGGED_OTHERS'),
  behindLoadBalancer: (variables) => oneOf(variables, 'NMS_BEHIND_LOAD_BALANCER', ['false', 'true']) === 'true',
};

/**
 * Reads the fields of the environment that a process needs; the others need not be there.
 *
 * @throws EnvironmentError naming every variable that is missing or bad.
 */
export function readEnvironment<Field extends keyof Environment>(
  fields: readonly Field[],
  variables: Variables = process.env,
): Pick<Environment, Field> {
  const wanted = Object.fromEntries(fields.map((field) => [field, readers[field]]));
  return readAll<Pick<Environment, Field>>(wanted as Pick<Readers, Field>, variables);
}

// What nginx's split_clients knows.
function readPercent(variables: Variables, name: string): number {
  const rule = 'a percentage with at most two decimals';
  return Number(matching(variables, name, /^(?:100|\d{1,2}(?:\.\d{1,2})?)$/, rule, '100'));
}

function secretHeader(variables: Variables): string {
  return matching(variables, 'NMS_ORIGIN_SECRET_HEADER', /^[A-Za-z0-9-]{1,64}$/, "a header's name");
}

function readOrigin(text = ''): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (url === undefined || !bare || !/^https?:$/.test(url.protocol)) {
    throw new Error(`NMS_ORIGIN: must be http://host:port or https://host:port, got ${JSON.stringify(text)}`);
  }
  return url.origin;
}

function ofSignedVariants(variables: Variables, read: typeof readVariantKeys): VariantKeys {
  let site: SiteConfig;
  try {
    site = readSiteConfig(variables);
  } catch {
    // `site` says what is wrong with the document.
    return {};
  }
  return read(site, variables);
}

function readSiteConfig(variables: Variables): SiteConfig {
  const { NMS_SITE_DOCUMENT: document, NMS_SITE_CONFIG: path = '' } = variables;
  const file = document ? '' : path || join(__dirname, 'site.json');
  try {
    return parseSiteConfig(JSON.parse(document || readFileSync(file, 'utf8')));
  } catch (error) {
    const text = error instanceof SiteConfigError ? error.faults.join('\n  ') : (error as Error).message;
    throw new Error(document ? `NMS_SITE_DOCUMENT: ${text}` : `NMS_SITE_CONFIG: ${file}: ${text}`, { cause: error });
  }
}
