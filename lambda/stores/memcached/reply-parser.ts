/** One reply of Memcached's text protocol. */
export type Reply =
  /** `STORED`, `NOT_STORED`, `EXISTS`, `NOT_FOUND`, `DELETED`, `TOUCHED`, `OK`, `VERSION …`, `ME …`, `EN`, or what `incr` and `decr` counted to. */
  | { readonly kind: 'status'; readonly text: string }
  /** `ERROR`, `CLIENT_ERROR …` or `SERVER_ERROR …`. */
  | { readonly kind: 'error'; readonly text: string }
  /** What `get`, `gets` and `config get` found; `values` is empty for a miss. */
  | { readonly kind: 'values'; readonly values: readonly FoundValue[] }
  /** What `stats` tells, by name. */
  | { readonly kind: 'stats'; readonly stats: ReadonlyMap<string, string> };

export interface FoundValue {
  readonly key: string;
  /** What the client that stored it noted beside it. */
  readonly flags: number;
  readonly data: Buffer;
  /** Memcached's CAS token, which only `gets` asks for. */
  readonly cas?: string;
}

/** Bytes that are no reply: what comes after them cannot be trusted either. */
export class ReplySyntaxError extends Error {
  public constructor(line: string) {
    super(`not a reply of Memcached: ${JSON.stringify(line.slice(0, 80))}`);
    this.name = 'ReplySyntaxError';
  }
}

const STATUS = /^(?:STORED|NOT_STORED|EXISTS|NOT_FOUND|DELETED|TOUCHED|OK|VERSION .*|ME .*|EN|\d{1,20})$/;
const ERROR = /^(?:ERROR|(?:CLIENT|SERVER)_ERROR .*)$/;
const VALUE = /^(?:VALUE|CONFIG) (\S{1,250}) (\d{1,10}) (\d{1,10})(?: (\d{1,20}))?$/;
// A key, its numbers and a version fit many times; an error's text nearly always.
const LONGEST_LINE = 2048;
const STAT = /^STAT (\S{1,250}) ?(.*)$/;
// memcached has some 80.
const MOST_STATS = 1000;
const CRLF = Buffer.from('\r\n');

interface Pending {
  readonly key: string;
  readonly flags: number;
  readonly cas?: string;
  /** The value and the line's end after it. */
  readonly data: Buffer;
  filled: number;
}

/** Reads replies from the pieces in which they arrive. A value is copied once, into a buffer of its announced size. */
export class ReplyParser {
  private line: Buffer = Buffer.alloc(0);
  private values: FoundValue[] = [];
  private stats = new Map<string, string>();
  private pending?: Pending;

  /** @param valueLimit the largest value that is believed, in bytes. */
  public constructor(private readonly valueLimit = 128 * 1024 * 1024) {}

  /**
   * Takes the next piece and returns the replies that it completes.
   *
   * @throws ReplySyntaxError for anything that is no reply.
   */
  public push(piece: Buffer): Reply[] {
    const replies: Reply[] = [];
    let rest = piece;
    while (rest.length > 0) {
      rest = this.pending === undefined ? this.readLine(rest, replies) : this.readData(rest, this.pending);
    }
    return replies;
  }

  private readLine(piece: Buffer, replies: Reply[]): Buffer {
    const joined = this.line.length === 0 ? piece : Buffer.concat([this.line, piece]);
    const end = joined.indexOf(CRLF);
    if (end > LONGEST_LINE || (end < 0 && joined.length > LONGEST_LINE)) {
      throw new ReplySyntaxError(joined.toString('latin1', 0, 80));
    }
    if (end < 0) {
      this.line = joined;
      return joined.subarray(joined.length);
    }
    this.line = Buffer.alloc(0);
    const reply = this.understand(joined.toString('latin1', 0, end));
    if (reply !== undefined) replies.push(reply);
    return joined.subarray(end + CRLF.length);
  }

  private understand(line: string): Reply | undefined {
    const value = this.stats.size === 0 ? VALUE.exec(line) : null;
    if (value !== null) {
      const length = Number(value[3]);
      if (length > this.valueLimit) throw new ReplySyntaxError(line);
      this.pending = {
        key: value[1] as string,
        flags: Number(value[2]),
        cas: value[4],
        data: Buffer.allocUnsafe(length + CRLF.length),
        filled: 0,
      };
      return undefined;
    }
    if (line === 'END') {
      const { values, stats } = this;
      this.values = [];
      if (stats.size > 0) this.stats = new Map();
      return stats.size > 0 ? { kind: 'stats', stats } : { kind: 'values', values };
    }
    const [, name, told] = STAT.exec(line) ?? [];
    if (name !== undefined && told !== undefined && this.values.length === 0 && this.stats.size < MOST_STATS) {
      this.stats.set(name, told);
      return undefined;
    }
    // Between a value, or a statistic, and END nothing else can come.
    if (this.values.length + this.stats.size > 0 || !(STATUS.test(line) || ERROR.test(line))) {
      throw new ReplySyntaxError(line);
    }
    return { kind: STATUS.test(line) ? 'status' : 'error', text: line };
  }

  private readData(piece: Buffer, pending: Pending): Buffer {
    const copied = piece.copy(pending.data, pending.filled);
    pending.filled += copied;
    if (pending.filled === pending.data.length) {
      const end = pending.data.length - CRLF.length;
      if (!pending.data.subarray(end).equals(CRLF))
        throw new ReplySyntaxError(`a value of ${pending.key} without an end`);
      const { key, flags, cas } = pending;
      this.values.push({ key, flags, cas, data: pending.data.subarray(0, end) });
      this.pending = undefined;
    }
    return piece.subarray(copied);
  }
}
