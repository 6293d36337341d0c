import fc from 'fast-check';
import { type Reply, ReplyParser } from '../../../../lambda/stores/memcached/reply-parser';

const samples: [bytes: string, replies: Reply[]][] = [
  ['STORED\r\n', [{ kind: 'status', text: 'STORED' }]],
  [
    'VERSION 1.6.18\r\nDELETED\r\n',
    [
      { kind: 'status', text: 'VERSION 1.6.18' },
      { kind: 'status', text: 'DELETED' },
    ],
  ],
  ['END\r\n', [{ kind: 'values', values: [] }]],
  [
    'VALUE a 0 7 42\r\nEND\r\nx\0\r\nEND\r\nSTORED\r\n',
    [
      { kind: 'values', values: [{ key: 'a', flags: 0, cas: '42', data: Buffer.from('END\r\nx\0') }] },
      { kind: 'status', text: 'STORED' },
    ],
  ],
  [
    'VALUE a 0 0\r\n\r\nVALUE b 5 1\r\nx\r\nEND\r\n',
    [
      {
        kind: 'values',
        values: [
          { key: 'a', flags: 0, cas: undefined, data: Buffer.alloc(0) },
          { key: 'b', flags: 5, cas: undefined, data: Buffer.from('x') },
        ],
      },
    ],
  ],
  [
    'CONFIG cluster 0 5\r\n1\nx|y\r\nEND\r\n',
    [{ kind: 'values', values: [{ key: 'cluster', flags: 0, cas: undefined, data: Buffer.from('1\nx|y') }] }],
  ],
  ['18446744073709551615\r\n', [{ kind: 'status', text: '18446744073709551615' }]],
  [
    'STAT version 1.6.18\r\nSTAT empty \r\nEND\r\nEND\r\n',
    [
      {
        kind: 'stats',
        stats: new Map([
          ['version', '1.6.18'],
          ['empty', ''],
        ]),
      },
      { kind: 'values', values: [] },
    ],
  ],
  ['SERVER_ERROR object too large for cache\r\n', [{ kind: 'error', text: 'SERVER_ERROR object too large for cache' }]],
];

test.each(samples)('%j is understood, wherever it is cut', (bytes, replies) => {
  for (let first = 0; first <= bytes.length; first += 1) {
    for (let second = first; second <= bytes.length; second += 1) {
      const parser = new ReplyParser();
      const pieces = [bytes.slice(0, first), bytes.slice(first, second), bytes.slice(second)];
      expect(pieces.flatMap((piece) => parser.push(Buffer.from(piece, 'latin1')))).toEqual(replies);
    }
  }
});

test.each([
  'HTTP/1.1 400 Bad Request\r\n',
  'VALUE a 0 x\r\n',
  'VALUE a 0 999999999\r\n',
  'VALUE a 0 1\r\nxyz',
  'VALUE a 0 1\r\nx\r\nSTORED\r\n',
  'VALUE a 0 1\r\nx\r\nSTAT a b\r\n',
  'STAT a b\r\nSTORED\r\n',
  'STAT a b\r\nVALUE a 0 1\r\nx\r\nEND\r\n',
  'x'.repeat(3000),
])('fails for what is no reply: %j', (bytes) =>
  expect(() => new ReplyParser().push(Buffer.from(bytes))).toThrow('not a reply of Memcached'),
);

test('a value comes back as it went, in whatever pieces it arrives', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(400), { maxLength: 6 }), (value, cuts) => {
      const bytes = Buffer.concat([Buffer.from(`VALUE k 0 ${value.length} 1\r\n`), value, Buffer.from('\r\nEND\r\n')]);
      const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
      const parser = new ReplyParser();
      const replies = edges.slice(1).flatMap((edge, i) => parser.push(bytes.subarray(edges[i], edge)));
      expect(replies).toEqual([
        { kind: 'values', values: [{ key: 'k', flags: 0, cas: '1', data: Buffer.from(value) }] },
      ]);
    }),
  );
});
