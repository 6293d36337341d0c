import { isUtf8 } from 'node:buffer';
import { ValuesError } from './values-error';

/** What can be stored: text, bytes, and what JSON can say. It comes back as JSON has it: a Date as text, a Map as `{}`. */
export type StorableValue = string | number | boolean | object | null;

/** A value as Memcached has it. */
export interface StoredValue {
  readonly data: Buffer;
  readonly flags: number;
}

// What is noted beside a value says how it is read. `NMS` before the number: other clients' flags are small.
const JSON_FLAGS = 0x4e_4d_53_01;
const TEXT_FLAGS = 0x4e_4d_53_02;
const BYTES_FLAGS = 0x4e_4d_53_03;

/**
 * Writes a value: text and bytes as they are, everything else as JSON, so that a whole number is what Memcached counts up
 * and down.
 *
 * @throws ValuesError for what JSON cannot say.
 */
export function encode(value: StorableValue): StoredValue {
  if (value instanceof Uint8Array) {
    return { data: Buffer.from(value.buffer, value.byteOffset, value.byteLength), flags: BYTES_FLAGS };
  }
  // A lone surrogate has no UTF-8; JSON can say it.
  if (typeof value === 'string' && !/\p{Surrogate}/u.test(value)) {
    return { data: Buffer.from(value), flags: TEXT_FLAGS };
  }
  return { data: Buffer.from(toJson(value)), flags: JSON_FLAGS };
}

/** Reads a value; undefined for one that was not written by `encode`. */
export function decode({ data, flags }: StoredValue): unknown {
  switch (flags) {
    case BYTES_FLAGS:
      return data;
    case TEXT_FLAGS:
      return isUtf8(data) ? data.toString() : undefined;
    case JSON_FLAGS:
      return isUtf8(data) ? fromJson(data.toString()) : undefined;
    default:
      return undefined;
  }
}

function toJson(value: unknown): string {
  const rule = 'a value must be a text, bytes, or what JSON can say';
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new ValuesError('bad-argument', `${rule}, got ${value}`);
  }
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    throw new ValuesError('bad-argument', `${rule}: ${(error as Error).message}`, { cause: error });
  }
  if (json === undefined) {
    throw new ValuesError('bad-argument', `${rule}, got ${typeof value}`);
  }
  return json;
}

// Counting down leaves spaces at the end, which JSON does not mind.
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
