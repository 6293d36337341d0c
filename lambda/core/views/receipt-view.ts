import type { NodeResult } from '../page-store';
import type { Preview, Receipt } from '../receipt';
import { variantsOf } from '../readable';
import { type Html, html } from './html';
import { urlOf } from './pages-view';

/** What a purge did, or would do. */
export function receiptView(answer: Receipt | Preview): Html {
  return 'dryRun' in answer ? previewView(answer) : purgedView(answer);
}

function purgedView({ id, mode, pages, nodes, durationMs }: Receipt): Html {
  const refreshed = mode === 'refresh' ? `${pages.refreshed} refreshed, ` : '';
  return html`<p><strong>Purged: ${refreshed}${pages.removed} removed</strong></p>
    <p>${pages.found} in the index, ${durationMs} ms, id ${id}</p>
    <ul>
      ${nodes.map((node) => html`<li>${node.node}: ${whatOf(node)}</li>`)}
    </ul>`;
}

function whatOf({ removed, flushed, gone, error }: NodeResult): string {
  if (error !== undefined) return error;
  if (gone) return 'does not exist any more';
  return flushed ? 'emptied' : `${removed} removed`;
}

function previewView({ pages, examples }: Preview): Html {
  const more = pages.found - examples.length;
  return html`<p><strong>Would purge ${pages.found === 1 ? '1 page' : `${pages.found} pages`}</strong></p>
    <ul>
      ${examples.map((page) => html`<li>${urlOf(page)} ${variantsOf(page.variants)}</li>`)}
      ${more > 0 ? html`<li>and ${more} more</li>` : undefined}
    </ul>`;
}

/** Something that did not work, in the words of whoever refused it. */
export function faultView(message: string): Html {
  return html`<p class="fault"><strong>It did not work.</strong></p>
    <pre class="fault">${message}</pre>`;
}
