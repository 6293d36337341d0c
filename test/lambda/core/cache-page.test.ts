import { gunzipSync } from 'node:zlib';
import { cachePage } from '../../../lambda/core/cache-page';
import { decodePage, encodePage, encodePassMarker, kindOfValue } from '../../../lambda/core/page-format';
import type { PageResponse } from '../../../lambda/core/page';
import { IndexError } from '../../../lambda/core/page-index';
import { PageTooLargeError } from '../../../lambda/core/page-too-large';
import { StoreError } from '../../../lambda/core/page-store';
import { allRows, countingView, makeWorld, NOON, requestFor, textPage, type World } from './page-cache-world';

let world: World;
let request: ReturnType<typeof requestFor>;
beforeEach(() => {
  world = makeWorld();
  request = requestFor(world.config);
});

const stored = () => world.pages.get(request.key);
const fails = (error: Error) => jest.fn(() => Promise.reject(error));
const entry = {
  id: '1',
  selectors: [{ kind: 'everything' as const }],
  mode: 'delete' as const,
  caller: 'test',
  at: NOON,
};
const slowView = (milliseconds: number, response: PageResponse) => () => {
  world.clock.ms += milliseconds;
  return Promise.resolve(response);
};
const put = async (value: Buffer) => {
  const { token } = await world.pages.take(request.key, 30);
  await world.pages.publish(token, value, NOON / 1000 + 60);
};

describe('a page that may be stored', () => {
  test('is stored until its lifetime is over, counted from the beginning of the fill', async () => {
    const view = slowView(1900, textPage('page', [['Cache-Control', 'max-age=10']]));
    expect(await cachePage(view, world)(request)).toMatchObject({ kind: 'page', outcome: 'stored' });
    world.clock.ms = NOON + 9_999;
    expect(await stored()).toBeDefined();
    world.clock.ms = NOON + 10_000;
    expect(await stored()).toBeUndefined();
  });

  test('looks the same as a miss and as a hit of another writer', async () => {
    const view = countingView(
      textPage('words '.repeat(200), [
        ['ETag', '"1"'],
        ['Keep-Alive', '5'],
      ]),
    );
    const miss = await cachePage(view, world)(request);
    const hit = await cachePage(view, world)(request);
    expect(miss).toMatchObject({ outcome: 'stored' });
    expect(hit).toEqual({ ...miss, outcome: 'hit' });
    expect(hit.kind === 'page' && gunzipSync(hit.response.body).toString()).toBe('words '.repeat(200));
    expect(view.renderings).toBe(1);
  });

  test('is indexed, on a node that is registered', async () => {
    await cachePage(countingView(), world)(request);
    expect([...(await world.index.nodes()).nodes]).toEqual([world.pages.nodeOf(request.key)]);
    expect(await allRows(world.index)).toEqual([{ ...request, tags: [], storedUntil: NOON / 1000 + 60 }]);
  });

  test('is not stored when it is over before it could be', async () => {
    const view = slowView(2000, textPage('page', [['Cache-Control', 'max-age=2']]));
    expect(await cachePage(view, world)(request)).toMatchObject({ kind: 'page', outcome: 'expired' });
    expect(await stored()).toBeUndefined();
  });
});

describe('a response that may not be stored', () => {
  test('is passed, with a marker that passes others for a while', async () => {
    const view = countingView(textPage('mine', [['Set-Cookie', 'a=b']]));
    const cached = cachePage(view, world);
    expect(await cached(request)).toEqual({ kind: 'pass', reason: 'set-cookie' });
    expect(await stored()).toEqual(encodePassMarker('set-cookie'));
    expect(await cached(request)).toEqual({ kind: 'pass', reason: 'set-cookie' });
    expect(view.renderings).toBe(1);
    world.clock.ms += 10_000;
    await cached(request);
    expect(view.renderings).toBe(2);
  });

  test.each(['too-large', 'content-encoding', 'bad-header'])(
    'because its form is %s is passed with a marker',
    async (reason) => {
      const odd = {
        'too-large': { status: 200, headers: [], body: Buffer.alloc(5 * 1024 * 1024) },
        'content-encoding': textPage('x', [['Content-Encoding', 'br']]),
        'bad-header': textPage('x', [['X', '\n']]),
      }[reason];
      expect(await cachePage(countingView(odd), world)(request)).toEqual({ kind: 'pass', reason });
      expect((await stored())?.toString()).toBe(`pass ${reason}`);
    },
  );

  test('because the view found it too large to read is passed with a marker', async () => {
    const view = () => Promise.reject(new PageTooLargeError(1024));
    expect(await cachePage(view, world)(request)).toEqual({ kind: 'pass', reason: 'too-large' });
    expect((await stored())?.toString()).toBe('pass too-large');
  });

  test('is passed also when the marker cannot be left', async () => {
    world.pages.publish = fails(new StoreError('gone'));
    const view = countingView(textPage('mine', [['Set-Cookie', 'a=b']]));
    expect(await cachePage(view, world)(request)).toEqual({ kind: 'pass', reason: 'set-cookie' });
  });
});

describe("the origin's error", () => {
  test('is answered without its cookies, not stored, and asked again by the next request', async () => {
    const view = countingView(textPage('sorry', [['Set-Cookie', 'a=b']], 503));
    const answer = await cachePage(view, world)(request);
    expect(answer).toEqual({ kind: 'page', response: textPage('sorry', [], 503), outcome: 'status' });
    expect(await stored()).toBeUndefined();
    await cachePage(view, world)(request);
    expect(view.renderings).toBe(2);
  });
});

describe('a view', () => {
  test('that throws is passed, and its lease given back', async () => {
    const cause = new Error('no');
    expect(await cachePage(() => Promise.reject(cause), world)(request)).toEqual({
      kind: 'pass',
      reason: 'view-failed',
      cause,
    });
    expect(await stored()).toBeUndefined();
  });

  test('that throws at once is passed too', async () => {
    const view = () => {
      throw new Error('no');
    };
    expect(await cachePage(view, world)(request)).toMatchObject({ kind: 'pass', reason: 'view-failed' });
  });

  test('that is late is passed and told so, and what it does later is not stored', async () => {
    let tellLate = () => {};
    const late = new Promise<void>((resolve) => (tellLate = resolve));
    let given: AbortSignal | undefined;
    const asked: number[] = [];
    const wait = (milliseconds: number) => Promise.resolve(void asked.push(milliseconds));
    const view = async (_: unknown, signal: AbortSignal) => {
      given = signal;
      await late;
      return textPage('late');
    };
    expect(await cachePage(view, { ...world, wait })(request)).toMatchObject({ kind: 'pass', reason: 'late' });
    expect(asked).toEqual([25_000]);
    expect(given?.aborted).toBe(true);
    tellLate();
    await late;
    expect(await stored()).toBeUndefined();
  });

  test('leaves no timer behind', async () => {
    const signals: AbortSignal[] = [];
    const wait = (_: number, signal?: AbortSignal) => {
      signals.push(signal as AbortSignal);
      return new Promise<never>(() => {});
    };
    await cachePage(countingView(), { ...world, wait })(request);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('what lies under the key already', () => {
  test('is answered when it is a page', async () => {
    await put(encodePage(textPage('other')));
    const view = countingView();
    expect(await cachePage(view, world)(request)).toEqual({
      kind: 'page',
      response: textPage('other'),
      outcome: 'hit',
    });
    expect(view.renderings).toBe(0);
  });

  test('is rendered past, and left alone, when it cannot be read', async () => {
    await put(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'));
    expect(await cachePage(countingView(), world)(request)).toMatchObject({ kind: 'page', outcome: 'malformed' });
    expect(await stored()).toEqual(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'));
  });

  test('is passed when it is the marker of another release', async () => {
    await put(Buffer.from('pass moonlight'));
    expect(await cachePage(countingView(), world)(request)).toEqual({ kind: 'pass', reason: 'pass-marker' });
  });

  test("is waited for when it is another writer's lease", async () => {
    const { token } = await world.pages.take(request.key, 30);
    let pauses = 0;
    const wait = async () => {
      pauses += 1;
      if (pauses === 3) {
        await world.pages.publish(token, encodePage(textPage('other')), NOON / 1000 + 60);
      }
    };
    expect(await cachePage(countingView(), { ...world, wait })(request)).toMatchObject({
      kind: 'page',
      outcome: 'hit',
    });
    expect(pauses).toBe(3);
  });

  test('is taken over when the lease is given back', async () => {
    const { token } = await world.pages.take(request.key, 30);
    const wait = async (_: number, signal?: AbortSignal) =>
      signal ? new Promise<never>(() => {}) : world.pages.release(token);
    expect(await cachePage(countingView(), { ...world, wait })(request)).toMatchObject({ outcome: 'stored' });
  });

  test('is waited for no longer than a rendering may take', async () => {
    await world.pages.take(request.key, 300);
    const view = countingView();
    expect(await cachePage(view, world)(request)).toEqual({ kind: 'pass', reason: 'busy' });
    expect(world.clock.ms - NOON).toBeGreaterThanOrEqual(25_000);
    expect(world.clock.ms - NOON).toBeLessThan(25_500);
    expect(view.renderings).toBe(0);
  });
});

describe('a page is answered but not stored', () => {
  const answered = async (outcome: string) => {
    const view = countingView();
    expect(await cachePage(view, world)(request)).toMatchObject({ kind: 'page', response: textPage('page'), outcome });
    expect(view.renderings).toBe(1);
  };

  test('when a purge came while it was rendered', async () => {
    const view = async () => {
      await world.index.record(entry);
      return textPage('page');
    };
    expect(await cachePage(view, world)(request)).toMatchObject({ kind: 'page', outcome: 'purged' });
    expect(await stored()).toBeUndefined();
  });

  test('when its key was deleted meanwhile', async () => {
    const view = async () => {
      await world.pages.remove([request.key], world.pages.nodes);
      return textPage('page');
    };
    expect(await cachePage(view, world)(request)).toMatchObject({ kind: 'page', outcome: 'lost' });
    expect(await stored()).toBeUndefined();
  });

  test.each(['take', 'publish'] as const)('when the store does not answer to %s', async (call) => {
    world.pages[call] = fails(new StoreError('gone'));
    await answered('store-unreachable');
    expect(await stored()).toBeUndefined();
  });

  test('when its node is left alone, and then the index is not asked either', async () => {
    world.pages.checkUp = () => {
      throw new StoreError('gone');
    };
    world.index.startFill = fails(new Error('asked'));
    await answered('store-unreachable');
  });

  test.each(['startFill', 'registerNode', 'addRows', 'purgedSince'] as const)(
    'when the index does not answer to %s',
    async (call) => {
      world.index[call] = fails(new IndexError('gone'));
      await answered('index-unreachable');
      expect(await stored()).toBeUndefined();
    },
  );

  test('when neither its store nor the way to give the lease back is there', async () => {
    world.pages.publish = fails(new StoreError('gone'));
    world.pages.release = fails(new StoreError('gone'));
    await answered('store-unreachable');
  });
});

test('without a store, a response that is not for everybody is passed all the same', async () => {
  world.pages.take = fails(new StoreError('gone'));
  const view = countingView(textPage('mine', [['Set-Cookie', 'a=b']]));
  expect(await cachePage(view, world)(request)).toEqual({ kind: 'pass', reason: 'set-cookie' });
});

test.each(['take', 'publish'] as const)(
  'an error of %s that is no failure to answer is not hidden, and the lease is given back',
  async (call) => {
    world.pages[call] = fails(new TypeError('a bug'));
    await expect(cachePage(countingView(), world)(request)).rejects.toThrow('a bug');
    expect(await stored()).toBeUndefined();
  },
);

test('a node that the ring changed to while another was registered is registered too', async () => {
  const [one, two] = ['one:11211', 'two:11211'];
  world = makeWorld({}, [one]);
  const register = world.index.registerNode.bind(world.index);
  world.index.registerNode = async (node) => {
    await register(node);
    world.pages.setNodes([two]);
  };
  await cachePage(countingView(), world)(requestFor(world.config));
  expect([...(await world.index.nodes()).nodes].sort()).toEqual([one, two]);
});

describe('simultaneous requests', () => {
  test('of fifty visitors are one rendering', async () => {
    const view = countingView();
    const cached = cachePage(view, world);
    const answers = await Promise.all(Array.from({ length: 50 }, () => cached(request)));
    expect(view.renderings).toBe(1);
    const response = { ...textPage('page'), times: { bornAt: NOON / 1000, freshUntil: NOON / 1000 + 60 } };
    expect(answers).toEqual(
      Array.from({ length: 50 }, (_, i) => ({ kind: 'page', response, outcome: i === 0 ? 'stored' : 'hit' })),
    );
  });

  test('of fifty visitors to two writers are one rendering', async () => {
    const view = countingView();
    const [one, two] = [cachePage(view, world), cachePage(view, world)];
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? one : two)(request)));
    expect(view.renderings).toBe(1);
    expect(answers.filter((answer) => answer.kind !== 'page')).toEqual([]);
  });

  test('for different pages do not wait for each other', async () => {
    const view = countingView();
    const cached = cachePage(view, world);
    await Promise.all([cached(request), cached(requestFor(world.config, '/other'))]);
    expect(view.renderings).toBe(2);
  });

  test.each<[string, Parameters<typeof textPage>]>([
    ['an error', ['sorry', [], 500]],
    ['a page over at once', ['page', [['Cache-Control', 'max-age=1']]]],
  ])('do not share %s, which is not stored', async (_, page) => {
    const cached = cachePage(slowView(1000, textPage(...page)), world);
    const [leader, joined] = await Promise.all([cached(request), cached(request)]);
    expect(leader).toMatchObject({ kind: 'page' });
    expect(joined).toEqual({ kind: 'pass', reason: 'not-shared' });
  });

  test('of a page whose node is left alone are each rendered at once', async () => {
    world.pages.checkUp = () => {
      throw new StoreError('gone');
    };
    const view = countingView();
    const cached = cachePage(view, world);
    expect(await Promise.all([cached(request), cached(request)])).toMatchObject(
      Array(2).fill({ kind: 'page', outcome: 'store-unreachable' }),
    );
    expect(view.renderings).toBe(2);
  });

  test('share that the page is passed', async () => {
    const view = countingView(textPage('mine', [['Set-Cookie', 'a=b']]));
    const cached = cachePage(view, world);
    expect(await Promise.all([cached(request), cached(request)])).toEqual(
      Array(2).fill({ kind: 'pass', reason: 'set-cookie' }),
    );
    expect(view.renderings).toBe(1);
  });

  test('each read a page of another writer themselves, which a purge may have removed in between', async () => {
    await put(encodePage(textPage('other')));
    const take = world.pages.take.bind(world.pages);
    world.pages.take = async (...args) => {
      const taken = await take(...args);
      await world.pages.remove([request.key], world.pages.nodes);
      return taken;
    };
    const cached = cachePage(countingView(), world);
    expect(await Promise.all([cached(request), cached(request)])).toMatchObject([
      { outcome: 'hit' },
      { kind: 'pass', reason: 'not-shared' },
    ]);
  });

  test('that come when the compare-and-set is sent begin anew', async () => {
    const view = countingView();
    const cached = cachePage(view, world);
    const publish = world.pages.publish.bind(world.pages);
    const seen: unknown[] = [];
    world.pages.publish = async (...args) => {
      world.pages.publish = publish;
      const published = await publish(...args);
      await world.pages.remove([request.key], world.pages.nodes);
      seen.push((await cached(request)).kind, view.renderings);
      return published;
    };
    await cached(request);
    expect(seen).toEqual(['page', 2]);
  });
});

test('a lease is a miss for readers, and lives longer than a rendering', async () => {
  const view = async () => {
    const value = await stored();
    expect(value && kindOfValue(value)).toBe('lease');
    world.clock.ms += 24_999;
    expect(await stored()).toBeDefined();
    return textPage('page');
  };
  expect(await cachePage(view, world)(request)).toMatchObject({ outcome: 'stored' });
  expect(decodePage((await stored()) as Buffer)?.body.toString()).toBe('page');
});
