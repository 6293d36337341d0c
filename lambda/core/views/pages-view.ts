import type { ListedPage, PageList } from '../inspect-answers';
import { duration, variantsOf } from '../readable';
import type { ViewActions } from './actions';
import { type Html, html } from './html';

/** The pages that the index knows, with buttons for each. */
export function pagesView({ pages, scanned, next }: PageList, actions: ViewActions): Html {
  if (pages.length === 0) {
    return html`<p>
        No pages${next === undefined ? '' : ' in this part of the list'}: ${scanned} rows of the index were looked at.
      </p>
      ${next === undefined ? undefined : actions.more(next)}`;
  }
  return html`<table>
      <caption>
        ${pages.length === 1 ? '1 page' : `${pages.length} pages`}${next === undefined ? '' : ', and more'}
      </caption>
      <thead>
        <tr>
          <th scope="col">Page</th>
          <th scope="col">Variant</th>
          <th scope="col">Time left</th>
          <th scope="col">Tags</th>
          <th scope="col">Node</th>
          <th scope="col">Do</th>
        </tr>
      </thead>
      <tbody>
        ${pages.map((page) => row(page, actions))}
      </tbody>
    </table>
    ${next === undefined ? undefined : actions.more(next)}`;
}

function row(page: ListedPage, actions: ViewActions): Html {
  const url = urlOf(page);
  const purge = (label: string, mode: object) => actions.purge({ exactUrls: [url], ...mode }, label, `${label} ${url}`);
  return html`<tr>
    <th scope="row">${url}</th>
    <td>${variantsOf(page.variants)}</td>
    <td>${page.stored === false ? 'not stored any more' : duration(page.freshSeconds)}</td>
    <td>${page.tags.join(' ')}</td>
    <td>${page.node}</td>
    <td>${actions.inspect(url)} ${purge('Refresh', { mode: 'refresh' })} ${purge('Purge', {})}</td>
  </tr>`;
}

/** A page's URL, as purges and inspections take it. */
export function urlOf({ scheme, host, path, query }: Pick<ListedPage, 'scheme' | 'host' | 'path' | 'query'>): string {
  return `${scheme}://${host}${path}${query === '' ? '' : `?${query}`}`;
}
