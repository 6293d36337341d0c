import { Duration } from 'aws-cdk-lib';

/**
 * Parts of pages with addresses of their own, which nginx puts in where a page says
 * `<!--#include virtual="/fragments/news" -->` and its origin asks for it (`Surrogate-Control: content="SSI/1.0"`).
 * At least one path of fragments has to be named.
 */
export interface FragmentOptions {
  /**
   * Paths, with everything below them, of fragments that are stored as pages are: each for a time and under tags of its own.
   * @default - none
   */
  readonly cachedPaths?: string[];
  /**
   * Paths, with everything below them, of fragments that are rendered for each visitor, from the visitor's own request. They
   * are never stored.
   * @default - none
   */
  readonly privatePaths?: string[];
  /**
   * Paths, with everything below them, whose HTML has fragments without asking.
   * @default - only pages that ask have fragments
   */
  readonly pages?: string[];
  /**
   * How long a fragment is waited for before the page goes on without it: 1 to 60 seconds.
   * @default Duration.seconds(5)
   */
  readonly timeout?: Duration;
}
