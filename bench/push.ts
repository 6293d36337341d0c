// Measures pushes: how many pages a second the write function stores, beside plain `set`s of the same bytes.
import { Command } from 'commander';
import { parseWriteRequest } from '../lambda/core/write-request';
import type { Stores } from '../lambda/adapters/open-stores';
import { writeHandler } from '../lambda/write/handler';
import type { Cleanup } from './cleanup';
import { pageOf, plainSets, rateOf, shareOf } from './push-pages';
import { amount, section, table } from './report';
import { count, runBenchmark } from './run-benchmark';
import { startStage } from './stage';

const BYTES = 10_000;
const PAGES_OF_CALL = 100;
// As the write function has them under way.
const AT_ONCE = 8;

const program = new Command('npx tsx bench/push.ts')
  .description('Measures pushes with real memcached and a DynamoDB stand-in on this machine.')
  .option('--pages <number>', 'pages that are pushed', count, 2000)
  .parse();

runBenchmark((cleanup) => main(program.opts<{ pages: number }>().pages, cleanup));

async function main(pages: number, cleanup: Cleanup): Promise<void> {
  const stage = await startStage(cleanup);
  const { config } = stage;
  const stores = () => Promise.resolve({ pages: stage.pages, index: stage.index } as Stores);
  const nothing = () => {
    throw new Error('there are no buckets here');
  };
  const handler = writeHandler({ config, stores, rules: {}, bucket: nothing });
  const push = async (from: number, to: number) => {
    const list = Array.from({ length: to - from }, (_, i) => pageOf(`https://www.example.com/${from + i}`, BYTES));
    const event = { pages: list.map((page) => ({ ...page, headers: { 'Content-Type': 'text/html' }, ttl: 600 })) };
    const start = performance.now();
    const answer = await handler(event);
    const milliseconds = performance.now() - start;
    const outcomes = (answer.pages as readonly { outcome: string }[]).map(({ outcome }) => outcome);
    const other = outcomes.find((outcome) => outcome !== 'stored');
    if (other !== undefined) throw new Error(`a page was not stored: ${other}`);
    return { milliseconds, keys: parseWriteRequest(config, event).map(({ request }) => request.key) };
  };
  await push(0, PAGES_OF_CALL);
  let milliseconds = 0;
  const values: Buffer[] = [];
  for (let from = 0; from < pages; from += PAGES_OF_CALL) {
    const pushed = await push(from, Math.min(from + PAGES_OF_CALL, pages));
    milliseconds += pushed.milliseconds;
    for (const key of pushed.keys) values.push((await stage.pages.get(key)) ?? Buffer.alloc(0));
  }
  const pushes = rateOf(values.length, milliseconds);
  const plain = await plainSets(stage.nodes[0] as string, values, AT_ONCE);
  const stored = values.reduce((sum, { length }) => sum + length, 0) / values.length;
  const rows = [
    ['', 'pages', 'a second', 'of plain sets'],
    [
      'pushes through the write function',
      amount(pushes.count),
      amount(pushes.perSecond),
      `${amount(shareOf(pushes, plain), 1)}%`,
    ],
    ['plain sets of the same bytes', amount(plain.count), amount(plain.perSecond), '100.0%'],
  ];
  console.log(
    section(
      `Pushes of pages of ${amount(BYTES)} bytes (${amount(stored)} as stored)`,
      table(rows),
      `${PAGES_OF_CALL} pages a call, ${AT_ONCE} at once. A push is compressed, claims its key, writes its row, reads the journal and publishes by\ncompare-and-set; a plain set is one command. DynamoDB is a stand-in in this process: its share of the time is a large one.`,
      `Made with npx tsx bench/push.ts --pages ${pages}, Node ${process.version}.`,
    ),
  );
}
