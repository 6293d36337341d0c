import fc from 'fast-check';
import { guards } from './guards';
import { keptGuards } from './kept-guards';
import { type Breakage, play } from './play';
import { type Scene, scenes } from './scene';
import { validationGuards } from './validation-guards';

// As many as fit into half a minute of one processor.
const SCHEDULES = Number(process.env.INTERLEAVINGS ?? 10_000);

const keepsThePromise = (some: fc.Arbitrary<Scene>, breakGuard?: Breakage) =>
  fc.asyncProperty(some, async (scene) => expect(await play(scene, breakGuard)).not.toContain('old'));

test('after a purge is acknowledged, no rendering that began before it is served or left in the store', async () => {
  await fc.assert(keepsThePromise(scenes()), { numRuns: SCHEDULES, endOnFailure: true });
}, 300_000);

describe('a schedule breaks the promise without', () => {
  test.each(Object.entries({ ...guards, ...keptGuards, ...validationGuards }))(
    '%s',
    async (_, { breakGuard, scenes: aimed }) => {
      const { failed } = await fc.check(keepsThePromise(aimed, breakGuard), {
        numRuns: 20_000,
        endOnFailure: true,
      });
      expect(failed).toBe(true);
    },
  );
});
