import fc from 'fast-check';

/** What happens to a site of two writers whose content changes once, followed by a purge. */
export interface Scene {
  readonly s: fc.Scheduler;
  /** What the purge selects, as a request to the purge function. */
  readonly selection: object;
  readonly mode: 'delete' | 'refresh';
  /** For each visitor who comes at any time, or once the cue is given, which of two writers it comes to. */
  readonly visitors: readonly Writer[];
  /** The same for those who come when the purge is acknowledged. */
  readonly lateVisitors: readonly Writer[];
  /** A step of anybody's, at which evictions begin, too. Without aim only: a purge's steps wait for aimed visitors. */
  readonly cue: string | undefined;
  /** A step that the first to come to it takes only after the purge. */
  readonly stalled: string;
  /** Whether the content changes only when somebody came to that step: chance alone would seldom bring both about. */
  readonly aimed: boolean;
  /** Whether another purge of everything, which nobody waits for, runs before. */
  readonly earlierPurge: boolean;
  /** Whether the site keeps copies of its pages, and what it has of the page's old content at first. */
  readonly kept: 'no' | 'nothing yet' | 'a page and its copy' | 'a copy';
  /**
   * What the renderings are, in their order; all others are whole. `not modified`: what its origin says of every copy that it
   * is asked about, whatever the content is now.
   */
  readonly renderings: readonly ('whole' | 'none' | 'an error' | 'not modified')[];
  /** Whether pages are only kept, to be validated each time. */
  readonly onlyKept: boolean;
  /** Whether copies are answered while the origin is asked. */
  readonly whileRevalidated: boolean;
  /** A step of the second writer, or of the purge, after which it is gone for ever. A purge is then repeated. */
  readonly crash: { readonly who: 'writer' | 'purge'; readonly after: string } | undefined;
  /** What happens to the nodes between the change of the content and the purge. */
  readonly trouble: Trouble;
}

export type Writer = 0 | 1;

/**
 * `dropped`: the page's node does not answer the purge, until that has failed. `restarted`: it loses what it held and
 * counts its tokens from one again. `moved`: the ring has other nodes from then on, until the purge is acknowledged.
 * `removed`: the same, and the nodes that left cannot be reached and exist no more for the purge; they come back as they
 * were. `evicted`: the page, and not its copy, vanishes at some moment. `unindexed`: from then on no rows can be written.
 */
export type Trouble = 'none' | 'dropped' | 'restarted' | 'moved' | 'removed' | 'evicted' | 'unindexed';

const FILL_CALLS = ['startFill', 'take', 'addRows', 'purgedSince', 'publish'];
const KEPT_CALLS = ['kept take', 'kept read', 'kept publish'];
const FILL_STEPS = [...FILL_CALLS, ...KEPT_CALLS].flatMap(bothWays);
const PURGE_CALLS = ['record', 'nodes', 'kept remove', 'remove', 'select', 'finish', 'startFill', 'take', 'publish'];
const PURGE_STEPS = PURGE_CALLS.flatMap(bothWays);

function bothWays(call: string): string[] {
  return [`${call} sent`, `${call} answered`];
}

/** Every selector that selects the page, or does so while it has the old content. */
const SELECTIONS = [
  { urls: ['https://example.com/list'] },
  { exactUrls: ['https://example.com/list?page=2'] },
  { prefixes: ['https://example.com/list'] },
  { prefixes: ['https://example.com/'] },
  { tags: ['always'] },
  { tags: ['of-old'] },
  { hosts: ['example.com'] },
  { everything: true },
];

const writer = fc.constantFrom<Writer>(0, 1);

const PARTS = {
  s: fc.scheduler(),
  selection: fc.constantFrom<object>(...SELECTIONS),
  mode: fc.constantFrom<Scene['mode']>('delete', 'refresh'),
  visitors: fc.array(writer, { minLength: 1, maxLength: 3 }),
  lateVisitors: fc.array(writer, { maxLength: 2 }),
  cue: fc.option(fc.constantFrom(...PURGE_STEPS), { nil: undefined, freq: 1 }),
  stalled: fc.constantFrom('none', 'rendered', ...FILL_STEPS),
  aimed: fc.boolean(),
  earlierPurge: fc.boolean(),
  crash: fc.option(
    fc.oneof(
      fc.record({ who: fc.constant('writer' as const), after: fc.constantFrom('rendered', ...FILL_STEPS) }),
      fc.record({ who: fc.constant('purge' as const), after: fc.constantFrom(...PURGE_STEPS) }),
    ),
    { nil: undefined, freq: 2 },
  ),
  trouble: fc.constantFrom<Trouble>('none', 'none', 'dropped', 'restarted', 'moved', 'removed', 'evicted', 'unindexed'),
  kept: fc.constantFrom<Scene['kept']>('no', 'no', 'no', 'nothing yet', 'a page and its copy', 'a copy'),
  onlyKept: fc.constantFrom(false, false, false, true),
  whileRevalidated: fc.boolean(),
  renderings: fc.array(fc.constantFrom('whole', 'none', 'an error', 'not modified'), { maxLength: 3 }) as fc.Arbitrary<
    Scene['renderings']
  >,
};

/** Scenes, some of whose parts are fixed. */
export function scenes(fixed: { [Part in keyof typeof PARTS]?: (typeof PARTS)[Part] } = {}): fc.Arbitrary<Scene> {
  return fc.record({ ...PARTS, ...fixed });
}
