import { keptKey } from '../../../lib/site/kept-key';
import { cachePage } from '../../../lambda/core/cache-page';
import { decodeKept } from '../../../lambda/core/kept-copy';
import { decodePage } from '../../../lambda/core/page-format';
import type { PageResponse } from '../../../lambda/core/page';
import { countingView, makeWorld, requestFor, textPage, type World } from './page-cache-world';

const page = (text: string, status: number, cacheControl: string): PageResponse => ({
  ...textPage(text),
  status,
  headers: [['Cache-Control', cacheControl]],
});
const good = page('good', 200, 'max-age=60');
const failure = page('down', 503, 'max-age=10');
const gone = page('gone', 410, 'max-age=10');

let world: World;
const ask = (response: PageResponse) => cachePage(countingView(response), world)(requestFor(world.config));
const stored = async () => decodePage((await world.pages.get(requestFor(world.config).key)) ?? Buffer.alloc(0));
const kept = async () =>
  decodeKept((await world.pages.get(keptKey(requestFor(world.config).key) ?? '')) ?? Buffer.alloc(0));
const expire = () => (world.clock.ms += 60_000);

describe('where errors are stored that say so', () => {
  test('a failure does not take the place of the kept copy', async () => {
    world = makeWorld({ storage: { errorsThatSaySo: true, keptFor: 3600 } });
    await ask(good);
    expire();
    expect(await ask(failure)).toMatchObject({ outcome: 'stored', response: { status: 503 } });
    expect([(await stored())?.status, (await kept())?.page.status]).toEqual([503, 200]);
  });

  test('the kept copy is answered before a failure, where it may be', async () => {
    world = makeWorld({ storage: { errorsThatSaySo: true, keptFor: 3600, staleIfError: 600 } });
    await ask(good);
    expire();
    expect(await ask(failure)).toMatchObject({ outcome: 'stale', response: { status: 200 } });
    expect((await stored())?.status).toBe(200);
  });

  test('a page that is gone takes the place of both', async () => {
    world = makeWorld({ storage: { errorsThatSaySo: true, keptFor: 3600, staleIfError: 600 } });
    await ask(good);
    expire();
    expect(await ask(gone)).toMatchObject({ outcome: 'stored', response: { status: 410 } });
    expect([(await stored())?.status, (await kept())?.page.status]).toEqual([410, 410]);
  });
});
