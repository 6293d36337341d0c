/**
 * What is left of a request when only what the key covers is kept. All a rendering ever sees of its visitor, so that what
 * is not in the key cannot reach the page.
 */
export interface CanonicalRequest {
  readonly scheme: 'http' | 'https';
  /** Lower-case, without port. */
  readonly host: string;
  /** Percent-encoded, as the origin sees it. */
  readonly path: string;
  /** Without `?`; empty when there is none. */
  readonly query: string;
  /** The value of each declared variant, by its name. */
  readonly variants: Readonly<Record<string, string>>;
  readonly key: string;
  /**
   * Headers of the visitor's that the rendering gets though the key does not cover them, by lower-case name
   * (`fill.forwardedHeaders`). @default - none
   */
  readonly forwarded?: readonly (readonly [name: string, value: string])[];
}
