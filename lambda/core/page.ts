/** A header's name and value, in the order in which they were received; names may repeat. Values are latin1 text. */
export type HeaderPair = readonly [name: string, value: string];

/** An HTTP response: what a view renders, what is stored, and what a visitor receives. */
export interface PageResponse {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: Buffer;
}

/** All values of a header, by its case-insensitive name, in their order. */
export function headerValues(headers: readonly HeaderPair[], name: string): string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([n]) => n.toLowerCase() === wanted).map(([, value]) => value);
}
