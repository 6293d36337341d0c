import { overheads } from '../../../bench/fill-hosts/overhead';

test('each way is compared with the origin at the median', () => {
  const origin = { name: 'origin', times: [10, 20, 30] };
  const sidecar = { name: 'sidecar', times: [25, 90, 22] };
  expect(overheads([origin, sidecar])).toEqual([
    { name: 'origin', p50: 20, p99: 30, added: 0, ratio: 1 },
    { name: 'sidecar', p50: 25, p99: 90, added: 5, ratio: 1.25 },
  ]);
});

test('a way that is faster adds less than nothing', () => {
  const [, faster] = overheads([
    { name: 'origin', times: [20] },
    { name: 'other', times: [10] },
  ]);
  expect(faster).toMatchObject({ added: -10, ratio: 0.5 });
});

test('fails without measurements', () => {
  expect(() => overheads([{ name: 'origin', times: [] }])).toThrow('of 0 measurements');
});
