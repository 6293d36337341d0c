import type { Html } from './html';

/** What a button has purged, as a purge request: `{ "exactUrls": ["https://www.example.com/news"] }`. */
export type PurgeAction = Readonly<Record<string, unknown>>;

/** The buttons of a view: where it is shown decides how they work, and whether they are there. */
export interface ViewActions {
  /** Shows what lies in the store for a URL. */
  readonly inspect: (url: string) => Html;
  /** Shows the following part of a list. */
  readonly more: (next: string) => Html;
  /** @param name what is purged, for those who only hear the button. */
  readonly purge: (request: PurgeAction, label: string, name: string) => Html | undefined;
}
