/** A header's name and value, in the order in which they were received; names may repeat. Values are latin1 text. */
export type HeaderPair = readonly [name: string, value: string];

/** From when and until when a page may be answered without asking its origin, in seconds since 1970. */
export interface PageTimes {
  /** When the origin made it, as far as that is known: `Age` counts from then (RFC 9111 section 4.2.3). */
  readonly bornAt: number;
  /** When its lifetime is over. */
  readonly freshUntil: number;
}

/** An HTTP response: what a view renders, what is stored, and what a visitor receives. */
export interface PageResponse {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: Buffer;
  /** Of what may be stored, or was. */
  readonly times?: PageTimes;
}

/** All values of a header, by its case-insensitive name, in their order. */
export function headerValues(headers: readonly HeaderPair[], name: string): string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([n]) => n.toLowerCase() === wanted).map(([, value]) => value);
}
