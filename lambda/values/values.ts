import type { Variables } from '../variables';
import { decode, encode, type StorableValue } from './encoding';
import { readValuesEnvironment } from './environment';
import { expiration, ttlFault } from './expiry';
import { keyFault, storedKey } from './key';
import { openNodes } from './open-nodes';
import { complete, type CompleteOptions, type StoreOptions, type ValuesOptions, type ValuesSettings } from './options';
import type { ValueConnection } from './value-connection';
import type { ValueNodes } from './value-nodes';
import { refuse, ValuesError } from './values-error';

type Store = (connection: ValueConnection, ...stored: Parameters<ValueConnection['set']>) => Promise<boolean>;

/**
 * Values of your own on the Memcached nodes of a site, apart from its pages: a key lives on the node that nginx's ring gives
 * it. It is a cache: any value can be gone at any time.
 *
 * A node that does not answer in time makes no lookup fail: it is a miss. A write that was not done says so: `set` and
 * `add` and `touch` by false; `delete`, `increment` and `decrement`, which answer something else, by throwing.
 */
export class Values {
  private readonly options: CompleteOptions;
  private readonly nodes: ValueNodes;

  /**
   * Nothing is connected before it is needed.
   *
   * @throws ValuesError with every fault of the options.
   */
  public constructor(options: ValuesOptions) {
    this.options = complete(options);
    this.nodes = openNodes(this.options);
  }

  /**
   * The values of the site that the environment tells of, as `NginxMemcacheSite.connect` sets it.
   *
   * @param variables @default - the process's
   * @throws EnvironmentError naming every variable that is missing or bad, and ValuesError for bad settings.
   */
  public static fromEnvironment(settings: ValuesSettings = {}, variables: Variables = process.env): Values {
    return new Values({ ...settings, ...readValuesEnvironment(variables) });
  }

  /** Reads a value. A miss, and what was not written by `Values`, is `byDefault`. */
  public async get<T = unknown>(key: string): Promise<T | undefined>;
  public async get<T = unknown, Default = T>(key: string, byDefault: Default): Promise<T | Default>;
  public async get(key: string, byDefault?: unknown): Promise<unknown> {
    refuse([keyFault(key)]);
    const value = await this.find(key);
    return value === undefined ? byDefault : value;
  }

  /** Reads many values at once; those that are not there are left out. */
  public async getMany<T = unknown>(keys: Iterable<string>): Promise<Map<string, T>> {
    const wanted = [...new Set(keys)];
    refuse(wanted.map(keyFault));
    const values = await Promise.all(wanted.map(async (key) => [key, (await this.find(key)) as T] as const));
    return new Map(values.filter(([, value]) => value !== undefined));
  }

  /** Stores a value. False when that is not known to have happened: an older one may be there still. */
  public set(key: string, value: StorableValue, options: StoreOptions = {}): Promise<boolean> {
    return this.store(key, value, options, async (connection, ...stored) => {
      await connection.set(...stored);
      return true;
    });
  }

  /** Stores a value if there is none. False when there is one, or when it is not known to have been stored. */
  public add(key: string, value: StorableValue, options: StoreOptions = {}): Promise<boolean> {
    return this.store(key, value, options, (connection, ...stored) => connection.add(...stored));
  }

  /**
   * Deletes a value. False when there was none.
   *
   * @throws ValuesError `unreachable` when it may be there still.
   */
  public async delete(key: string): Promise<boolean> {
    refuse([keyFault(key)]);
    const stored = storedKey(this.options.site, key);
    return this.nodes.ask(stored, (connection) => connection.delete(stored));
  }

  /** Has a value expire after another time, from now on. False when there was none, or when that is not known to have happened. */
  public async touch(key: string, options: StoreOptions = {}): Promise<boolean> {
    const { site, ttl: byDefault } = this.options;
    const { ttl = byDefault } = options;
    refuse([keyFault(key), ttlFault(ttl)]);
    const stored = storedKey(site, key);
    const expires = expiration(ttl, Date.now());
    return this.orElse(
      false,
      this.nodes.ask(stored, (connection) => connection.touch(stored, expires)),
    );
  }

  /**
   * Counts a whole number up; it lives no longer by that.
   *
   * @returns what it is now; exact up to Number.MAX_SAFE_INTEGER.
   * @throws ValuesError `missing` when there is none, `not-a-number` or `unreachable`.
   */
  public async increment(key: string, by = 1): Promise<number> {
    refuse([keyFault(key), Number.isSafeInteger(by) ? undefined : `by must be a whole number, got ${by}`]);
    const stored = storedKey(this.options.site, key);
    const direction = by < 0 ? 'down' : 'up';
    const count = await this.nodes.ask(stored, (connection) => connection.count(stored, direction, Math.abs(by)));
    if (count === undefined) {
      throw new ValuesError('missing', `there is no value of ${JSON.stringify(key)} to count: add one first`);
    }
    return count;
  }

  /** Counts a whole number down, to 0 at least, and otherwise as `increment` does. */
  public decrement(key: string, by = 1): Promise<number> {
    return this.increment(key, -by);
  }

  /** Closes all connections. What is called after it fails as if no node answered. */
  public close(): Promise<void> {
    return this.nodes.close();
  }

  private async find(key: string): Promise<unknown> {
    const stored = storedKey(this.options.site, key);
    const found = await this.orElse(
      undefined,
      this.nodes.ask(stored, (connection) => connection.get(stored)),
    );
    return found === undefined ? undefined : decode(found);
  }

  private async store(key: string, value: StorableValue, options: StoreOptions, work: Store): Promise<boolean> {
    const { site, valueLimit, ttl: byDefault } = this.options;
    const { ttl = byDefault } = options;
    refuse([keyFault(key), ttlFault(ttl)]);
    const encoded = encode(value);
    if (encoded.data.length > valueLimit) {
      const rule = `the value of ${JSON.stringify(key)} must have at most ${valueLimit} bytes`;
      throw new ValuesError('too-large', `${rule}, got ${encoded.data.length}: split it, or raise valueLimit`);
    }
    const stored = storedKey(site, key);
    const expires = expiration(ttl, Date.now());
    return this.orElse(
      false,
      this.nodes.ask(stored, (connection) => work(connection, stored, encoded, expires)),
    );
  }

  /** What stands for the answer of a node that does not answer. */
  private async orElse<T>(instead: T, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof ValuesError && error.reason === 'unreachable')) {
        throw error;
      }
      this.options.onError(error);
      return instead;
    }
  }
}
