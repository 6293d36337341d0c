import { BYPASS_REASONS, isBypassReason } from '../bypass-reasons';
import type { KeyInspection, PageInspection, RequestInspection } from '../inspect-answers';
import { headerText, stateText } from '../inspect-text';
import type { HeaderPair } from '../page';
import { isStorageReason, STORAGE_REASONS } from '../reasons';
import { duration, variantsOf } from '../readable';
import { type Html, html } from './html';

/**
 * A request's way: what the cache makes of it, what lies in the store for it, and other variants of the URL.
 *
 * @param more what else there is to say about the way.
 */
export function inspectionView(
  { request, stored, incomplete, lookedUp, indexError }: PageInspection,
  more?: Html,
): Html {
  const own = stored.filter(({ requested }) => requested);
  const others = stored.filter(({ requested }) => !requested);
  return html`<dl>${requestSteps(request)}${own.map(keySteps)}${more}</dl>
    ${own.map(headersOf)} ${others.length === 0 ? undefined : html`<h4>For other requests of this URL</h4>`}
    ${others.map(
      (other) =>
        html`<dl>${step('Variant', variantsOf(other.variants ?? {}) || 'of another release')}${keySteps(other)}</dl>
          ${headersOf(other)}`,
    )}
    ${incomplete ? html`<p>Only the first ${lookedUp} keys were looked at: the page may have more variants.</p>` : undefined}
    ${indexError === undefined ? undefined : html`<p>The index does not answer: ${indexError}</p>`}`;
}

/** A step of the way. */
export function step(name: string, text: string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${text}</dd>
  </div>`;
}

function requestSteps(request: RequestInspection): Html[] {
  if (!request.eligible) {
    const { reason } = request;
    return [step('Looked up', `no, ${reason}${isBypassReason(reason) ? `: ${BYPASS_REASONS[reason]}` : ''}`)];
  }
  const { canonical, dropped, key, node, variants, unverified } = request;
  return [
    step('Looked up', 'yes'),
    step('Canonical request', canonical),
    step('Dropped', dropped.join(' ') || 'nothing'),
    ...(Object.keys(variants).length === 0 ? [] : [step('Variant', variantsOf(variants))]),
    ...(unverified.length === 0 ? [] : [step('Not verified', `${unverified.join(', ')}: taken for the default value`)]),
    step('Key', key),
    step('Node', node),
  ];
}

function keySteps(inspected: KeyInspection): Html {
  const { tags = [], kept, passReason } = inspected;
  const meaning = passReason !== undefined && isStorageReason(passReason) ? `: ${STORAGE_REASONS[passReason]}` : '';
  return html`${step('In the store', `${stateText(inspected)}${meaning}`)}
  ${tags.length === 0 ? undefined : step('Tags', tags.join(' '))}
  ${kept === undefined ? undefined : step('Kept beyond that', `${kept.status}, for ${duration(kept.keptSeconds)}`)}`;
}

function headersOf({ page }: KeyInspection): Html | undefined {
  return page && headerTable('Stored headers', page.headers);
}

/** Headers as they were written. */
export function headerTable(caption: string, headers: readonly HeaderPair[]): Html {
  return html`<table>
    <caption>
      ${caption}
    </caption>
    <tbody>
      ${headers.map(headerText).map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${value}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
