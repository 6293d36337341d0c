import { columns } from '../command-line/columns';
import { type Part, partsOf, type Template } from './parts';
import { cloudFrontUsesOf, type Traffic, type Use, usesOf } from './traffic';

/** What a site costs in a month. */
export interface Cost {
  readonly idle: readonly Part[];
  readonly traffic: Traffic;
  readonly use: readonly Use[];
  /** The same traffic by CloudFront. */
  readonly cloudFront: readonly Use[];
}

/** What a stack costs with some traffic. */
export function costOf(template: Template, traffic: Traffic): Cost {
  return { idle: partsOf(template), traffic, use: usesOf(traffic), cloudFront: cloudFrontUsesOf(traffic) };
}

/** The same as a text for people. */
export function costText({ idle, traffic, use, cloudFront }: Cost): string {
  const { requests, hitRatio, pageKilobytes, tags } = traffic;
  const unknown = idle.some(({ dollars }) => dollars === undefined);
  return [
    "a month at list prices of us-east-1, approximately; not the application's own",
    '',
    'while idle',
    ...table(
      idle.map(({ part, dollars }) => [part, dollars]),
      unknown,
    ),
    '',
    `${requests.toLocaleString('en-US')} requests, ${Math.round(hitRatio * 1000) / 10} % of them hits, ${pageKilobytes} kB and ${tags === 1 ? '1 tag' : `${tags} tags`} each`,
    ...table(use.map(({ use: name, dollars }) => [name, dollars])),
    '',
    'the same traffic by CloudFront, with as many hits',
    ...table(cloudFront.map(({ use: name, dollars }) => [name, dollars])),
    '',
    'free tiers of an account are subtracted: 100 GB out; of CloudFront 1 TB out and 10 million requests',
  ].join('\n');
}

function table(rows: readonly (readonly [name: string, dollars: number | undefined])[], isAtLeast = false): string[] {
  const together = rows.reduce((all, [, dollars]) => all + (dollars ?? 0), 0);
  const lines = rows.map(([name, dollars]) => [`  ${name}`, amount(dollars)]);
  return columns([...lines, ['  together', `${amount(together)}${isAtLeast ? ' and what is not known' : ''}`]]);
}

function amount(dollars: number | undefined): string {
  return dollars === undefined ? 'not known' : `$${dollars.toFixed(2).padStart(9)}`;
}
