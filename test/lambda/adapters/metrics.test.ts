import type { FillAnswer } from '../../../lambda/core/fill-tools';
import { BadRequestError } from '../../../lambda/core/bad-request';
import { PurgeIncompleteError, type Receipt } from '../../../lambda/core/receipt';
import { FillMetrics } from '../../../lambda/adapters/fill-metrics';
import { linePrinter, metricsLine } from '../../../lambda/adapters/metrics';
import { measuredPurge } from '../../../lambda/adapters/purge-metrics';
import type { CanonicalRequest } from '../../../lib/site/canonical-request';

const read = (line: string | undefined) => JSON.parse(line ?? 'null') as unknown;

describe('a line for CloudWatch', () => {
  test('is of its embedded metric format: each metric with its unit and the site, and what is zero left out', () => {
    const line = metricsLine('shop', { Hits: 12, Misses: 0, FillDuration: [1.5, 2] }, { requests: { hit: 12 } }, 5);

    expect(read(line)).toEqual({
      _aws: {
        Timestamp: 5,
        CloudWatchMetrics: [
          {
            Namespace: 'NginxMemcacheSite',
            Dimensions: [['Site']],
            Metrics: [
              { Name: 'Hits', Unit: 'Count' },
              { Name: 'FillDuration', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      Site: 'shop',
      Hits: 12,
      FillDuration: [1.5, 2],
      requests: { hit: 12 },
    });
    expect(line).not.toContain('\n');
  });

  test('is none where nothing happened', () => {
    expect(metricsLine('shop', { Hits: 0, FillDuration: [] }, { requests: {} })).toBeUndefined();
  });
});

test('a site that wants no metrics prints none', () => {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  linePrinter({ metrics: false })('a line');
  linePrinter({ metrics: true })('another');

  expect(write.mock.calls).toEqual([['another\n']]);
  write.mockRestore();
});

describe('what fills come to', () => {
  const request = {} as CanonicalRequest;
  const passed = (reason: string) => Promise.resolve({ kind: 'pass', reason } as FillAnswer);

  test('is told once: how long they took, how they ended, and which failed', async () => {
    let now = 0;
    const metrics = new FillMetrics('shop', () => (now += 5.04));
    const log: string[] = [];
    const outcomes = ['set-cookie', 'late', 'store-unreachable'];
    const fill = metrics.measured(() => passed(outcomes.shift() ?? 'set-cookie'));
    for (let i = 0; i < 4; i += 1) await fill(request);
    const counted = metrics.counted((event) => void log.push(event));
    ['fill-failed', 'key-mismatch', 'not-stored'].forEach((event) => counted(event, {}));

    expect(read(metrics.line())).toMatchObject({
      FillDuration: [5, 5, 5, 5],
      FillFailures: 3,
      KeyMismatches: 1,
      fills: { 'set-cookie': 2, late: 1, 'store-unreachable': 1 },
    });
    expect(metrics.line()).toBeUndefined();
    expect(log).toEqual(['fill-failed', 'key-mismatch', 'not-stored']);
  });

  test('has at most as many durations as a line takes, each fill as likely as every other', async () => {
    let now = 0;
    let at = 0;
    const metrics = new FillMetrics(
      'shop',
      () => (now += 1),
      () => (at = (at + 0.37) % 1),
    );
    const fill = metrics.measured(() => passed('set-cookie'));
    for (let i = 0; i < 1000; i += 1) await fill(request);

    const line = read(metrics.line()) as { FillDuration: number[]; fills: object };
    expect(line.FillDuration).toHaveLength(100);
    expect(line.fills).toEqual({ 'set-cookie': 1000 });
  });
});

describe('what a purge comes to', () => {
  const receipt = {
    purged: true,
    pages: { found: 3, removed: 2, refreshed: 1 },
    durationMs: 40,
    nodes: [],
  } as unknown as Receipt;
  const told = async (answer: () => Promise<Receipt>) => {
    const lines: unknown[] = [];
    const result = await measuredPurge('shop', answer, (line) => lines.push(read(line)))().catch(
      (error: unknown) => error,
    );
    return { lines, result };
  };

  test('is told, and its receipt is the caller’s as it is', async () => {
    const { lines, result } = await told(() => Promise.resolve(receipt));

    expect(lines).toMatchObject([{ Site: 'shop', Purges: 1, PurgedPages: 3, PurgeDuration: 40 }]);
    expect(lines[0]).not.toHaveProperty('PurgeFailures');
    expect(result).toBe(receipt);
  });

  test('is told of one that failed, which still fails', async () => {
    const incomplete = new PurgeIncompleteError(receipt);
    const { lines, result } = await told(() => Promise.reject(incomplete));

    expect(lines).toMatchObject([{ Purges: 1, PurgeFailures: 1, PurgeDuration: 40 }]);
    expect(result).toBe(incomplete);
    expect((await told(() => Promise.reject(new Error('no table')))).lines).toMatchObject([
      { Purges: 1, PurgeFailures: 1 },
    ]);
  });

  test('is nothing for a request that is refused, and for a preview', async () => {
    expect((await told(() => Promise.reject(new BadRequestError('the request', ['a fault'])))).lines).toEqual([]);
    expect((await told(() => Promise.resolve({ dryRun: true } as unknown as Receipt))).lines).toEqual([]);
  });
});
