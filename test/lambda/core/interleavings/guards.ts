import fc from 'fast-check';
import type { PageRow } from '../../../../lambda/core/page-index';
import type { PublishToken } from '../../../../lambda/core/page-store';
import type { World } from '../page-cache-world';
import type { Breakage } from './play';
import { type Scene, scenes } from './scene';

/** A guard of the protocol: how to take it out, and scenes among which some schedule then breaks the promise. */
export interface Guard {
  readonly breakGuard: Breakage;
  readonly scenes: fc.Arbitrary<Scene>;
}

const calm = {
  trouble: fc.constant('none' as const),
  crash: fc.constant(undefined),
  mode: fc.constant('delete' as const),
  earlierPurge: fc.constant(false),
  cue: fc.constant(undefined),
  kept: fc.constant('no' as const),
  renderings: fc.constant<Scene['renderings']>([]),
  onlyKept: fc.constant(false),
  whileRevalidated: fc.constant(false),
};
const found = fc.constant<object>({ tags: ['always'] });
const stalledAt = (...steps: string[]) => ({ stalled: fc.constantFrom(...steps), aimed: fc.constant(true) });

/** The guards that DESIGN lists, each removed alone. */
export const guards: Record<string, Guard> = {
  'the journal check': {
    breakGuard: ({ index }) => {
      index.purgedSince = () => Promise.resolve(false);
    },
    scenes: scenes({ ...calm, ...stalledAt('rendered', 'startFill answered') }),
  },
  'the compare-and-set': {
    breakGuard: ({ pages }) => {
      const publish = pages.publish.bind(pages);
      pages.publish = async (token, value, expiresAt) => {
        await pages.remove([token.key], [token.node]);
        return publish((await pages.take(token.key, 1)).token, value, expiresAt);
      };
    },
    scenes: scenes({ ...calm, ...stalledAt('purgedSince answered', 'publish sent') }),
  },
  'the token taken before the journal is read': {
    breakGuard: ({ pages, index }, pause) => {
      const taken = new Map<string, PublishToken>();
      const [publish, purgedSince] = [pages.publish.bind(pages), index.purgedSince.bind(index)];
      index.purgedSince = async (start, page) => {
        const purged = await purgedSince(start, page);
        await pause('between the journal and the token');
        taken.set((page as PageRow).key, (await pages.take((page as PageRow).key, 1)).token);
        return purged;
      };
      pages.publish = (token, ...page) => publish(taken.get(token.key) ?? token, ...page);
    },
    scenes: scenes({ ...calm, ...stalledAt('between the journal and the token') }),
  },
  'rows before the page': {
    breakGuard: ({ pages, index }, pause) => {
      const rows: PageRow[] = [];
      const [publish, addRows] = [pages.publish.bind(pages), index.addRows.bind(index)];
      index.addRows = (row) => Promise.resolve(void rows.push(row));
      pages.publish = async (...page) => {
        const published = await publish(...page);
        await pause('rows');
        await Promise.all(rows.splice(0).map(addRows));
        return published;
      };
    },
    scenes: scenes({ ...calm, selection: found }),
  },
  'the deletes on the other nodes of a refresh': {
    breakGuard: ({ pages }) => {
      const remove = pages.remove.bind(pages);
      // Of three nodes, all but the one on which the page was published.
      pages.remove = (keys, nodes) =>
        nodes.length === 2 ? Promise.resolve(nodes.map((node) => ({ node, removed: 0 }))) : remove(keys, nodes);
    },
    scenes: scenes({
      ...calm,
      mode: fc.constant('refresh' as const),
      trouble: fc.constant('moved' as const),
      selection: found,
    }),
  },
  'the deletes of a refresh that does not publish': {
    breakGuard: ({ pages }) => {
      pages.remove = (_, nodes) => Promise.resolve(nodes.map((node) => ({ node, removed: 0 })));
    },
    scenes: scenes({
      ...calm,
      mode: fc.constant('refresh' as const),
      selection: found,
      ...stalledAt('none', 'publish sent'),
    }),
  },
  'the emptying of a node that comes back': {
    breakGuard: ({ index }) => {
      index.missNode = () => Promise.resolve();
    },
    scenes: scenes({ ...calm, trouble: fc.constant('removed' as const) }),
  },
  'the token bound to its connection': {
    breakGuard: ({ pages }) => {
      const lives = pages as unknown as { byName: Map<string, { life: number }> };
      const restart = pages.restart.bind(pages);
      pages.restart = (node) => {
        restart(node);
        (lives.byName.get(node) as { life: number }).life = 0;
      };
    },
    scenes: scenes({
      ...calm,
      trouble: fc.constant('restarted' as const),
      lateVisitors: fc.constant([1]),
      visitors: fc.constant([0]),
      ...stalledAt('publish sent', 'purgedSince answered'),
    }),
  },
  'the registry of nodes': {
    breakGuard: ({ index }) => {
      index.registerNode = () => Promise.resolve();
    },
    scenes: scenes({ ...calm, trouble: fc.constant('moved' as const) }),
  },
  'rows left alone by a purge': {
    breakGuard: removeRowsAfterPurges,
    scenes: scenes({ ...calm, earlierPurge: fc.constant(true), selection: found, ...stalledAt('none') }),
  },
};

function removeRowsAfterPurges({ index }: World): void {
  const { rows } = index as unknown as { rows: Map<string, unknown> };
  const finish = index.finish.bind(index);
  index.finish = (entry, result) => {
    rows.clear();
    return finish(entry, result);
  };
}
