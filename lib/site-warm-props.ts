/** How pages are rendered before anybody asks for them. */
export interface SiteWarmProps {
  /**
   * How many requests a second all warms together, and refreshes ahead, send to the origin, from 0.1 to 1000.
   * @default 10
   */
  readonly warmRequestsPerSecond?: number;
  /**
   * How many of them are under way at once, from 2 to 64.
   * @default 4
   */
  readonly warmConcurrency?: number;
}
