import { KINDS, pageOf, pageText } from '../../../bench/faults/pages';

const stored = {
  'a page of the other node': ['/a', '/b'],
  'a page of the node that breaks': ['/c', '/d', '/e'],
};
const requests = Array.from({ length: 1000 }, (_, i) => pageOf(i, stored, 'measured'));

test('six of ten requests are for pages of the other node, three for those of the node that breaks, one for a new page', () => {
  const counts = KINDS.map((kind) => requests.filter((request) => request.kind === kind).length);
  expect(counts).toEqual([600, 300, 100]);
});

test('every stored page is asked for, and no new one twice, in no phase', () => {
  const paths = (wanted: (typeof KINDS)[number]) =>
    requests.filter(({ kind }) => kind === wanted).map(({ path }) => path);
  expect(new Set([...paths(KINDS[0]), ...paths(KINDS[1])])).toEqual(new Set(['/a', '/b', '/c', '/d', '/e']));
  expect(new Set(paths('a new page')).size).toBe(100);
  expect(pageOf(6, stored, 'warm-up').path).not.toBe(pageOf(6, stored, 'measured').path);
});

test('no two pages have the same text', () => {
  expect(new Set(requests.map(({ path }) => pageText(path))).size).toBe(105);
});
