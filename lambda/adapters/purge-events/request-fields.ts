import { cut, isObject, parseJson, UnknownEventError } from './event-shape';

/** A purge request on its way to the purge function, which alone checks it. */
export type RequestFields = Readonly<Record<string, unknown>>;

// At least one of these makes an object a purge request; the purge function says what is wrong with the rest of it.
const SELECTING_FIELDS = ['urls', 'exactUrls', 'prefixes', 'tags', 'hosts', 'everything'];
// The longest caller that the journal keeps.
const CALLER_LENGTH = 256;

/** Whether something that came as JSON is a purge request, and not an event of some service. */
export function isRequest(value: unknown): value is RequestFields {
  return isObject(value) && SELECTING_FIELDS.some((field) => field in value);
}

/**
 * What came as JSON, as a purge request.
 *
 * @throws UnknownEventError when it is none.
 */
export function asRequest(value: unknown, what: string): RequestFields {
  if (!isRequest(value)) {
    throw new UnknownEventError(what, value);
  }
  return value;
}

/**
 * Reads a purge request from JSON.
 *
 * @throws BadEventError when it is no JSON, UnknownEventError when it is no purge request.
 */
export function parseRequest(json: string, what: string): RequestFields {
  return asRequest(parseJson(json, what), what);
}

/**
 * A request with the source that it came from as its caller. A caller that it names itself can be anything that the
 * sender likes, and is kept behind the source: `sns:news (editor)`.
 */
export function fromSource(source: string, request: RequestFields): RequestFields {
  const { caller } = request;
  if (caller !== undefined && typeof caller !== 'string') {
    return request; // The purge function says what is wrong with it.
  }
  const named = caller ? `${source} (${caller})` : source;
  return { ...request, caller: cut(named.replace(/\p{Cc}+/gu, ' '), CALLER_LENGTH) };
}
