import { receiptSummary, receiptVariables } from '../../../../lambda/adapters/purge-events/receipt-summary';

const receipt = { id: 'p-1', purged: true, pages: { found: 14, removed: 12 }, durationMs: 35 };
const preview = { dryRun: true as const, pages: { found: 14 } };

test.each([
  [receipt, 'purge p-1: 12 of 14 pages removed in 35 ms'],
  [{ ...receipt, purged: false }, 'purge p-1: 12 of 14 pages removed, not from every node, in 35 ms'],
  [
    { ...receipt, pages: { found: 14, removed: 2, refreshed: 12 } },
    'purge p-1: 2 of 14 pages removed, 12 rendered again in 35 ms',
  ],
  [preview, 'dry run: 14 pages found, nothing purged'],
])('a line says what a purge did: %j', (answer, line) => {
  expect(receiptSummary(answer)).toBe(line);
});

test('a pipeline gets variables, of a dry run too', () => {
  expect(receiptVariables(receipt)).toEqual({ purgeId: 'p-1', pagesRemoved: '12' });
  expect(receiptVariables(preview)).toEqual({ purgeId: 'dry-run', pagesRemoved: '0' });
});
