import { randomUUID } from 'node:crypto';
import { fill } from '../lambda/core/fill';
import { purge, type PurgeTools } from '../lambda/core/purge';
import type { Selector } from '../lambda/core/selector';
import { DOLLARS_PER_MILLION_READS, DOLLARS_PER_MILLION_WRITES, dollars } from './cost';
import { amount, price, section, table } from './report';
import type { RequestUnits } from './request-units';
import { tagOf } from './scale';
import type { Stage } from './stage';
import { requestFor, smallPage } from './stored-pages';

/** The request units of fills and purges, counted from what was really sent. */
export async function measureUnits(stage: Stage, pages: number): Promise<string> {
  const { index, units } = stage.counted;
  const tools: PurgeTools = { ...stage, index, newId: randomUUID, nodeExists: () => Promise.resolve(true) };
  const fillWith = (path: string, tags: readonly string[]) =>
    units.unitsOf(() => fill(tools, () => Promise.resolve(smallPage(tags)), requestFor(stage.config, path)));
  const purgeOf = (selector: Selector) =>
    units.unitsOf(() =>
      purge({ selectors: [selector], pages: [], mode: 'delete', dryRun: false, caller: 'benchmark' }, tools),
    );
  const fills = [
    ['a fill without tags', await fillWith('/products/units/1', [])],
    ['a fill with 3 tags', await fillWith('/products/units/2', ['product-2', 'category-7', 'brand-11'])],
  ] as const;
  const purges = [
    [
      'a purge of one URL with one page',
      await purgeOf({ kind: 'url', host: 'www.example.com', path: '/products/units/2' }),
    ],
    ['a purge of a tag with one page', await purgeOf({ kind: 'tag', tag: 'product-2' })],
    // Its rows stay when its pages go: a purge that is repeated reads the same.
    [`a purge of a tag with ${amount(pages)} pages`, await purgeOf({ kind: 'tag', tag: tagOf(pages) })],
  ] as const;
  const numbers = (of: RequestUnits) => [amount(of.read), amount(of.write)];
  return section(
    '2. DynamoDB request units',
    table([
      ['', 'read units', 'write units', 'a million of them'],
      ...fills.map(([what, of]) => [what, ...numbers(of), price(dollars(of) * 1e6)]),
    ]),
    table([
      ['', 'read units', 'write units', 'each'],
      ...purges.map(([what, of]) => [what, ...numbers(of), price(dollars(of))]),
    ]),
    [
      'Counted from the requests and answers by the rules of on-demand billing, with strongly consistent reads; sizes of numbers',
      'are approximate. The pages have short URLs; the nodes were registered before, which each node needs once.',
      `Prices: about $${DOLLARS_PER_MILLION_READS} a million read units and $${DOLLARS_PER_MILLION_WRITES} a million write units, on demand in us-east-1.`,
    ].join('\n'),
  );
}
