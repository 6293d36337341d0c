import type { CanonicalRequest } from '../../lib/site/canonical-request';
import type { HeaderPair, PageResponse } from '../core/page';
import type { VisitorAnswer } from '../core/visitor-answer';
import type { IncomingRequest } from './decide';

/** An event that asks a function over HTTP, in one of the shapes that there are. */
export interface FunctionEvent {
  readonly request: IncomingRequest;
  /** The event of a canonical request: of this one it has what a deployment decides, and nothing of its visitor. */
  rebuilt(request: CanonicalRequest, headers: readonly HeaderPair[]): unknown;
  /** Reads what a handler gives. @throws Error for what is no response. */
  response(result: unknown): PageResponse;
  /** What the function gives for a page; undefined where it is larger than what may be given. */
  result(answer: VisitorAnswer): unknown;
  /** What a handler gave, with headers in place of those of the same names; what is no response stays as it is. */
  withHeaders(result: unknown, headers: readonly HeaderPair[]): unknown;
}

/** A response as a handler writes it, in any of the shapes. */
export interface FunctionResponse {
  readonly statusCode: unknown;
  readonly headers?: unknown;
  readonly multiValueHeaders?: unknown;
  readonly cookies?: unknown;
  readonly body?: unknown;
  readonly isBase64Encoded?: unknown;
}

/** Values of one name, parted by commas: RFC 9110 section 5.3. */
export function singleHeaders(headers: readonly HeaderPair[]): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of headers) {
    const before = values.get(name.toLowerCase());
    values.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(values);
}

/** The headers of an object that has texts, or lists of them, by name. */
export function headerPairs(headers: unknown): HeaderPair[] {
  return Object.entries((headers ?? {}) as Record<string, unknown>).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): HeaderPair => [name, latin1(String(one as string))]),
  );
}

/** The body of a handler's response. */
export function bodyOf({ body, isBase64Encoded }: FunctionResponse): Buffer {
  if (body !== undefined && body !== null && typeof body !== 'string') {
    throw new Error(`the body of a response must be a text, got ${typeof body}`);
  }
  return Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8');
}

/** An object of these properties without those headers that others take the place of. */
export function without(headers: unknown, others: readonly HeaderPair[]): Record<string, unknown> {
  const replaced = new Set(others.map(([name]) => name.toLowerCase()));
  const kept = Object.entries((headers ?? {}) as Record<string, unknown>);
  return Object.fromEntries(kept.filter(([name]) => !replaced.has(name.toLowerCase())));
}

/** Whether something is a response that names its status. */
export function isResponse(result: unknown): result is FunctionResponse {
  return typeof result === 'object' && result !== null && 'statusCode' in result;
}

/** The status of a response, which some write as a text. */
export function statusOf({ statusCode }: FunctionResponse): number {
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    throw new Error(`the statusCode of a response must be a status, got ${JSON.stringify(statusCode)}`);
  }
  return status;
}

// JSON's texts are Unicode; on the wire they become UTF-8, and everywhere here one character is one byte.
function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
