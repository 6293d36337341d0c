import { SITE_NAME, SITE_NAME_RULE } from '../../lib/site/site-name';
import type { Tls } from '../stores/memcached/connection';
import { ttlFault } from './expiry';
import { refuse, type ValuesError } from './values-error';

/** How `set` and `add` store a value. */
export interface StoreOptions {
  /** Seconds until it is gone: from 1 to a year, or Infinity for as long as there is room. @default the settings' */
  readonly ttl?: number;
}

/** How values behave. */
export interface ValuesSettings {
  /** Seconds that a value is kept where `set` and `add` are not told: from 1 to a year, or Infinity. @default 300 */
  readonly ttl?: number;
  /** Milliseconds that a call may take, connecting included. @default 250 */
  readonly deadline?: number;
  /** The largest value that is sent, in bytes. The nodes must take it (`max_item_size`). @default 1 MiB */
  readonly valueLimit?: number;
  /**
   * How nodes are spoken to: `binary` by memjs, or `text`.
   * @default - `binary` where nodes speak plain, `text` where they speak TLS, which memjs does not
   */
  readonly protocol?: 'binary' | 'text';
  /**
   * Learns of the failures that no call throws: a lookup that became a miss, a `set` that was not stored.
   * @default - nobody does
   */
  readonly onError?: (error: ValuesError) => void;
}

/** Values on nodes that are named: by exactly one of `nodes` and `endpoint`. */
export interface ValuesOptions extends ValuesSettings {
  /** The site's name. What sites store under the same key never meets. */
  readonly site: string;
  /** The nodes, each as `host:port`, exactly as nginx has them. */
  readonly nodes?: readonly string[];
  /** ElastiCache's configuration endpoint, as `host:port`, which lists the nodes. */
  readonly endpoint?: string;
  /**
   * How nodes that speak TLS are known; `{}` by the certificates that Node has.
   * @default - they speak plain
   */
  readonly tls?: Tls;
}

/** `ValuesOptions` with every default. */
export type CompleteOptions = ValuesOptions & Required<ValuesSettings>;

const HOST_AND_PORT = /^[\w.-]+:\d{1,5}$/;
const LONGEST_DEADLINE = 60_000;
const LARGEST_VALUE = 128 * 1024 * 1024;
const DEFAULTS = { ttl: 300, deadline: 250, valueLimit: 1024 * 1024 };

/**
 * Checks options and fills in the defaults.
 *
 * @throws ValuesError with every fault.
 */
export function complete({
  site,
  nodes,
  endpoint,
  tls,
  protocol,
  onError,
  ...numbers
}: ValuesOptions): CompleteOptions {
  const { ttl = DEFAULTS.ttl, deadline = DEFAULTS.deadline, valueLimit = DEFAULTS.valueLimit } = numbers;
  const addresses = nodes ?? (endpoint === undefined ? [] : [endpoint]);
  const shown = (value: unknown) => `, got ${JSON.stringify(value) ?? 'nothing'}`;
  refuse([
    typeof site === 'string' && SITE_NAME.test(site) ? undefined : `site must be ${SITE_NAME_RULE}${shown(site)}`,
    (nodes === undefined) === (endpoint === undefined) ? 'exactly one of nodes and endpoint must be given' : undefined,
    nodes?.length === 0 ? 'nodes must name at least one node, got []' : undefined,
    ...addresses.map((name) => (HOST_AND_PORT.test(name) ? undefined : `a node must be host:port${shown(name)}`)),
    ttlFault(ttl),
    wholeNumberFault('deadline', deadline, LONGEST_DEADLINE),
    wholeNumberFault('valueLimit', valueLimit, LARGEST_VALUE),
    ['binary', 'text', undefined].includes(protocol)
      ? undefined
      : `protocol must be 'binary' or 'text'${shown(protocol)}`,
    protocol === 'binary' && tls !== undefined
      ? "protocol must be 'text' for nodes that speak TLS: memjs, which speaks the binary one, does not"
      : undefined,
  ]);
  const byDefault = tls === undefined ? 'binary' : 'text';
  return {
    ...{ site, nodes, endpoint, tls, ttl, deadline, valueLimit },
    protocol: protocol ?? byDefault,
    onError: onError ?? (() => undefined),
  };
}

function wholeNumberFault(name: string, value: number, most: number): string | undefined {
  return Number.isInteger(value) && value >= 1 && value <= most
    ? undefined
    : `${name} must be a whole number from 1 to ${most}, got ${value}`;
}
