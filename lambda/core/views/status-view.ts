import type { NodeStatus, SiteStatus } from '../inspect-answers';
import { purgeCells } from '../purge-text';
import { bytes, duration, percent } from '../readable';
import { type Html, html } from './html';

/** How visitors' requests ended, as nginx counts them. */
export interface Traffic {
  readonly Hits: number;
  readonly Stale: number;
  readonly Misses: number;
  readonly Bypasses: number;
}

/**
 * The hit ratio, the nodes and the last purges.
 *
 * @param traffic where nginx can be asked. Otherwise the ratio is that of the nodes, which also count the writer's lookups.
 */
export function statusView({ nodes, index, purges }: SiteStatus, traffic?: Traffic): Html {
  return html`<div>
      ${traffic === undefined ? ratioOfNodes(nodes) : ratioOf(traffic)}
      <p>${indexText(index)}</p>
    </div>
    <div>
      <table>
        <caption>
          Memcached nodes
        </caption>
        <thead>
          <tr>
            ${HEADINGS.map((heading) => html`<th scope="col">${heading}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${nodes.map(nodeRow)}
        </tbody>
      </table>
      ${
        purges.length === 0
          ? html`<p>No purges in 30 days.</p>`
          : html`<table>
              <caption>
                Last purges
              </caption>
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">Who</th>
                  <th scope="col">What</th>
                  <th scope="col">Result</th>
                </tr>
              </thead>
              <tbody>
                ${purges.map(
                  (purge) =>
                    html`<tr>
                      ${purgeCells(purge).map((cell) => html`<td>${cell}</td>`)}
                    </tr>`,
                )}
              </tbody>
            </table>`
      }
    </div>`;
}

const HEADINGS = ['Node', 'State', 'Up', 'Items', 'Memory', 'Evictions', 'Hit ratio'];

function ratioOf({ Hits, Stale, Misses, Bypasses }: Traffic): Html {
  const answered = Hits + Stale;
  return html`<p><strong>Hit ratio ${percent(answered, answered + Misses)}</strong></p>
    <p>
      Hits ${answered}${Stale === 0 ? '' : ` (${Stale} of them stale)`}, misses ${Misses}, not looked up ${Bypasses}
    </p>`;
}

function ratioOfNodes(nodes: readonly NodeStatus[]): Html {
  const sum = (name: 'hits' | 'misses') => nodes.reduce((all, { stats }) => all + (stats?.[name] ?? 0), 0);
  const [hits, misses] = [sum('hits'), sum('misses')];
  return html`<p><strong>Hit ratio of the nodes ${percent(hits, hits + misses)}</strong></p>`;
}

function nodeRow({ node, onRing, reachable, missedPurge, stats, error }: NodeStatus): Html {
  const state = [
    reachable ? 'answers' : `does not answer: ${error}`,
    ...(onRing ? [] : ['not used any more']),
    ...(missedPurge ? ['missed a purge: it is emptied before it is used again'] : []),
  ].join(', ');
  const cells =
    stats === undefined
      ? ['-', '-', '-', '-', '-']
      : [
          duration(stats.uptimeSeconds),
          stats.items,
          `${bytes(stats.bytes)} of ${bytes(stats.limitBytes)}`,
          stats.evictions,
          percent(stats.hits, stats.hits + stats.misses),
        ];
  return html`<tr>
    <th scope="row">${node}</th>
    <td>${state}</td>
    ${cells.map((cell) => html`<td>${cell}</td>`)}
  </tr>`;
}

function indexText({ kind, size, error }: SiteStatus['index']): string {
  if (error !== undefined) return `The index does not answer: ${error}`;
  if (kind === 'none') return 'The site keeps no index: which pages there are is not known.';
  return size === undefined
    ? 'Index: not known.'
    : `Index: ${size.rows} rows, ${bytes(size.bytes)}, as DynamoDB counted them in the last six hours.`;
}
