import { startWorld, SUMMARY } from './purge-events-world';

let world: Awaited<ReturnType<typeof startWorld>>;
beforeAll(async () => void (world = await startWorld()));
afterAll(() => world.close());
beforeEach(() => world.reset());

const clicked = (asked: object, context: object = {}) =>
  world.handler({ ...asked, widgetContext: { dashboardName: 'shop', ...context } });

test('a button on a dashboard purges in the name of the dashboard, and is answered with HTML', async () => {
  expect(await clicked({ tags: ['news'] })).toBe(`<p>${SUMMARY}</p>`);
  expect(world.purges).toEqual([{ tags: ['news'], caller: 'dashboard:shop' }]);
});

test('what the dashboard has for the widget is no part of the request', async () => {
  await clicked({ tags: ['news'], purge: 'arn:aws:lambda:eu-west-1:1:function:purge' }, { params: { purge: 'arn' } });
  expect(world.purges).toEqual([{ tags: ['news'], caller: 'dashboard:shop' }]);
});

test('a purge that fails is shown as such, as text, and logged', async () => {
  const shown = await clicked({ tags: ['incomplete'] });
  expect(shown).toContain('purge p-1 is incomplete');
  expect(JSON.stringify(world.logged)).toContain('"purge-failed"');
});

test('a context that is none purges all the same', async () => {
  await world.handler({ tags: ['news'], widgetContext: 'x' });
  expect(world.purges).toEqual([{ tags: ['news'], caller: 'dashboard:' }]);
});
