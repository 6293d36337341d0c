declare module 'on-headers' {
  import type { ServerResponse } from 'node:http';
  /** Calls a listener before the head of a response is written. */
  function onHeaders(response: ServerResponse, listener: () => void): void;
  export default onHeaders;
}

declare module 'fresh' {
  /** Whether who asks has what is answered: RFC 9110 section 13. Names in lower case. */
  function fresh(
    request: Readonly<Record<string, string | undefined>>,
    response: Readonly<Record<string, string | undefined>>,
  ): boolean;
  export default fresh;
}

declare module 'negotiator' {
  export default class Negotiator {
    public constructor(request: { readonly headers: Readonly<Record<string, string>> });
    /** Those of the codings that are accepted, the best first. */
    public encodings(available?: readonly string[]): string[];
  }
}
