import fc from 'fast-check';
import type { Guard } from './guards';
import { calm, leaveCopies, publishCopiesAnyway, removeCopiesLast, slowly, stalledAt } from './kept-breakages';
import { type Scene, scenes } from './scene';
import { isKept } from './scheduled';

const refresh = fc.constant('refresh' as const);
const whole = fc.constant<Scene['renderings']>([]);

/** The guards of kept copies, each removed alone. */
export const keptGuards: Record<string, Guard> = {
  'the compare-and-set of a kept copy': {
    breakGuard: publishCopiesAnyway,
    scenes: scenes({ ...calm, renderings: whole, ...stalledAt('kept publish sent') }),
  },
  'the deletes of kept copies': {
    breakGuard: leaveCopies,
    scenes: scenes(calm),
  },
  'the deletes of kept copies by a refresh': {
    breakGuard: leaveCopies,
    scenes: scenes({ ...calm, mode: refresh, kept: fc.constant('a page and its copy') }),
  },
  'the delete of a kept copy before that of its page': {
    breakGuard: removeCopiesLast,
    scenes: scenes({
      ...calm,
      cue: fc.constant('kept remove answered'),
      aimed: fc.constant(false),
      stalled: fc.constant('publish sent'),
    }),
  },
  'the delete of a kept copy before its page is refreshed': {
    breakGuard: (world, pause) => {
      removeCopiesLast(world, pause);
      const publish = world.pages.publish.bind(world.pages);
      world.pages.publish = async (token, ...page) => {
        await (isKept(token.key) ? slowly(pause) : undefined);
        return publish(token, ...page);
      };
    },
    scenes: scenes({
      ...calm,
      mode: refresh,
      trouble: fc.constant('evicted'),
      kept: fc.constant('a page and its copy'),
      renderings: fc.constant(['whole', 'none']),
      cue: fc.constant('publish answered'),
      aimed: fc.constant(false),
      stalled: fc.constant('publish sent'),
      selection: fc.constant({ tags: ['always'] }),
      visitors: fc.constant([0]),
      lateVisitors: fc.constant([]),
    }),
  },
  'the second look at a kept copy, when the origin has failed': {
    breakGuard: ({ pages }) => {
      const seen = new Map<string, Buffer | undefined>();
      const take = pages.take.bind(pages);
      pages.take = async (key, lease) => {
        const taken = await take(key, lease);
        seen.set(key, 'value' in taken ? taken.value : undefined);
        return taken;
      };
      pages.read = ({ key }) => Promise.resolve(seen.get(key));
    },
    scenes: scenes({ ...calm, trouble: fc.constant('unindexed'), ...stalledAt('rendered') }),
  },
  'the look of those who joined': {
    breakGuard: ({ pages }) => {
      const seen = new Map<string, Buffer | undefined>();
      const [read, get] = [pages.read.bind(pages), pages.get.bind(pages)];
      pages.read = async (token) => {
        seen.set(token.key, await read(token));
        return seen.get(token.key);
      };
      pages.get = (key) => (isKept(key) && seen.has(key) ? Promise.resolve(seen.get(key)) : get(key));
    },
    scenes: scenes({
      ...calm,
      trouble: fc.constant('unindexed'),
      lateVisitors: fc.constant([0, 1]),
      ...stalledAt('addRows sent'),
    }),
  },
};
