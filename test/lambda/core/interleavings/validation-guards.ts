import fc from 'fast-check';
import { encodeKept } from '../../../../lambda/core/kept-copy';
import type { Guard } from './guards';
import { calm, leaveCopies, publishCopiesAnyway, readCopiesFirst, removeCopiesLast, stalledAt } from './kept-breakages';
import { type Scene, scenes } from './scene';
import { isKept } from './scheduled';
import { pageOf } from './stage';

const confirmed = fc.constant<Scene['renderings']>(['not modified', 'not modified', 'not modified']);

const onlyKept = { onlyKept: fc.constant(true), renderings: fc.constant<Scene['renderings']>([]) };

/** The guards of copies of which the origin says that they hold, or that are answered while it is asked. */
export const validationGuards: Record<string, Guard> = {
  'the deletes of kept copies, whatever the origin says of them': {
    breakGuard: leaveCopies,
    scenes: scenes({ ...calm, renderings: confirmed }),
  },
  'the delete of a kept copy before that of its page, whatever the origin says of it': {
    breakGuard: removeCopiesLast,
    scenes: scenes({
      ...{ ...calm, renderings: confirmed, cue: fc.constant('kept remove answered') },
      ...{ aimed: fc.constant(false), stalled: fc.constant('publish sent') },
    }),
  },
  'the look at a kept copy after its page was taken': {
    breakGuard: readCopiesFirst,
    scenes: scenes({
      ...{ ...calm, renderings: confirmed, cue: fc.constant('record answered') },
      ...{ aimed: fc.constant(false), stalled: fc.constant('between the copy and the page') },
    }),
  },
  'the second look at a kept copy, when the origin has said that it holds': {
    breakGuard: ({ pages, config }) => {
      const old = encodeKept({ page: pageOf('old', config), freshUntil: 0, tags: [], validators: {} });
      pages.read = () => Promise.resolve(old);
    },
    scenes: scenes({
      ...{ ...calm, renderings: confirmed },
      ...{ trouble: fc.constant('unindexed'), ...stalledAt('rendered') },
    }),
  },
  'the look of those who come while the origin is asked': {
    breakGuard: ({ pages }) => {
      const seen = new Map<string, Buffer | undefined>();
      const [take, get] = [pages.take.bind(pages), pages.get.bind(pages)];
      pages.take = async (key, lease) => {
        const taken = await take(key, lease);
        if ('value' in taken && taken.value.length > 0) seen.set(key, taken.value);
        return taken;
      };
      pages.get = (key) => (isKept(key) && seen.has(key) ? Promise.resolve(seen.get(key)) : get(key));
    },
    scenes: scenes({
      ...{ ...calm, whileRevalidated: fc.constant(true), lateVisitors: fc.constant([0, 1]) },
      ...stalledAt('rendered'),
    }),
  },
  'the journal check of what is only kept': {
    breakGuard: ({ index }) => {
      index.purgedSince = () => Promise.resolve(false);
    },
    scenes: scenes({
      ...{ ...calm, ...onlyKept, kept: fc.constant('nothing yet') },
      ...stalledAt('rendered', 'startFill answered'),
    }),
  },
  'the compare-and-set of what is only kept': {
    breakGuard: publishCopiesAnyway,
    scenes: scenes({ ...calm, ...onlyKept, ...stalledAt('kept publish sent') }),
  },
  'the deletes of what is only kept': {
    breakGuard: leaveCopies,
    scenes: scenes({ ...calm, ...onlyKept, renderings: confirmed }),
  },
};
