import { STATUS_CODES } from 'node:http';
import type { ALBEvent, ALBResult } from 'aws-lambda';
import type { HeaderPair, PageResponse } from '../core/page';

/** A request as a load balancer tells a function of it. */
export interface AlbRequest {
  readonly method: string;
  /** Path and query, as they were escaped. Equal names have come together, and `?a` is told as `?a=`. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: readonly HeaderPair[];
  readonly body: Buffer;
}

/** The largest answer that a load balancer takes from a function, as JSON: "1 MB" (AWS, "Lambda functions as targets"). */
export const MOST_ALB_BYTES = 1_000_000;

/**
 * Reads the event that a load balancer sends to a function.
 *
 * @throws Error for what is none, and for one of a target group without `lambda.multi_value_headers.enabled`, which has lost
 * all but one of repeated headers and parameters.
 */
export function readAlbEvent(event: unknown): AlbRequest {
  if (!isAlbEvent(event)) {
    throw new Error('the event is not one of a load balancer');
  }
  const { httpMethod, path, multiValueHeaders, multiValueQueryStringParameters, body, isBase64Encoded } = event;
  if (!multiValueHeaders) {
    throw new Error(
      'the event has single headers only: set the attribute lambda.multi_value_headers.enabled of the target group to true',
    );
  }
  const query = pairs(multiValueQueryStringParameters).map(([name, value]) => `${name}=${value}`);
  return {
    method: httpMethod,
    target: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers: pairs(multiValueHeaders).map(([name, value]) => [name.toLowerCase(), value]),
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/** Whether something is the event that a load balancer sends to a function, in each part that is read. */
export function isAlbEvent(event: unknown): event is ALBEvent {
  const { requestContext, httpMethod, path, body, ...others } = (event ?? {}) as Partial<ALBEvent>;
  return (
    requestContext?.elb !== undefined &&
    typeof httpMethod === 'string' &&
    typeof path === 'string' &&
    typeof (body ?? '') === 'string' &&
    [others.headers, others.queryStringParameters].every((texts) => isByName(texts)) &&
    [others.multiValueHeaders, others.multiValueQueryStringParameters].every((lists) => isByName(lists, true))
  );
}

/** Whether something holds texts, or lists of them, by their names, or nothing. */
export function isByName(values: unknown, ofLists = false): boolean {
  const isGood = (value: unknown) => (ofLists ? Array.isArray(value) && value.every(isText) : isText(value));
  return values === undefined || values === null || (isRecord(values) && Object.values(values).every(isGood));
}

const isText = (value: unknown) => typeof value === 'string';
const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a function answers to a load balancer: headers as they are, the body in base64. */
export function albResult({ status, headers, body }: PageResponse): ALBResult {
  // Not by an object's own names: `__proto__` is a header's name as good as any.
  const values = new Map<string, string[]>();
  for (const [name, value] of headers) {
    values.set(name.toLowerCase(), [...(values.get(name.toLowerCase()) ?? []), value]);
  }
  return {
    statusCode: status,
    // A code and a phrase, parted by one space.
    statusDescription: `${status} ${STATUS_CODES[status] ?? 'Unknown'}`,
    multiValueHeaders: Object.fromEntries(values),
    isBase64Encoded: true,
    body: body.toString('base64'),
  };
}

/** Whether a load balancer takes an answer and gives it on unchanged: it is JSON, in UTF-8, whose headers are not. */
export function fitsAlb(result: ALBResult): boolean {
  const head = JSON.stringify({ ...result, body: '' });
  // eslint-disable-next-line no-control-regex
  return /^[\x00-\x7f]*$/.test(head) && head.length + (result.body?.length ?? 0) <= MOST_ALB_BYTES;
}

function pairs(values: Readonly<Record<string, string[] | undefined>> | undefined): HeaderPair[] {
  return Object.entries(values ?? {}).flatMap(([name, all = []]) => all.map((value) => [name, value] as const));
}
