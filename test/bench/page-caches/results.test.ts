import { cellReport, speedRatio, targetReport } from '../../../bench/page-caches/results';
import type { Measurement, Rounds } from '../../../bench/page-caches/measure';

const CELL = { kilobytes: 25, gzip: true, connections: 64, pages: 1 };

function rounds(speeds: Record<string, readonly number[]>): Rounds {
  const measurement = (requestsPerSecond: number): Measurement => ({
    requests: requestsPerSecond,
    requestsPerSecond,
    p50: 1500,
    p99: 4000,
    errors: 0,
    serverTime: 1e6 / requestsPerSecond,
    storeTime: 10,
  });
  return new Map(Object.entries(speeds).map(([name, values]) => [name, values.map(measurement)]));
}

const SPEEDS = {
  ours: [40_000, 4_000, 45_000],
  'ours, per node': [84_000, 8_400, 84_000],
  'static gzip': [100_000, 10_000, 100_000],
  proxy_cache: [80_000, 8_000, 80_000],
  Varnish: [50_000, 5_000, 50_000],
};

test('a cell’s ratios are those of the same rounds', () => {
  expect(speedRatio(rounds(SPEEDS), 'ours', 'static gzip')).toBeCloseTo(0.4);
  const lines = cellReport(CELL, rounds(SPEEDS)).split('\n');
  expect(lines[0]).toBe('25 kB, gzip, 64 connections, 1 page');
  expect(lines.find((line) => line.startsWith('  ours'))?.split(/ {2,}/)).toEqual([
    ...['', 'ours', '0.40', '0.50', '0.80', '40,000', '1.50', '4.00', '25.0', '10.0'],
  ]);
});

test('targets are about hot pages only, and met by the ratio itself', () => {
  const results = [
    [CELL, rounds(SPEEDS)],
    [{ ...CELL, gzip: false }, rounds(SPEEDS)],
  ] as const;
  const rows = targetReport(results).split('\n').slice(4);
  expect(rows.map((row) => row.trim().split(/ {2,}/))).toEqual([
    ['ours of static gzip, 25 kB', '0.40', '>= 0.40', 'met', '0.40'],
    ['ours, per node of static gzip, 25 kB', '0.84', '>= 0.85', 'MISSED', '0.84'],
    ['ours, per node of proxy_cache, 25 kB', '1.05', '>= 0.95', 'met', '1.05'],
    ['ours, per node of Varnish, 25 kB', '1.68', '>= 1.50', 'met', '1.68'],
  ]);
});
