import { cacheStatusText } from '../../lambda/core/cache-status-text';
import type { PageInspection, PageList, SiteStatus } from '../../lambda/core/inspect-answers';
import type { HeaderPair } from '../../lambda/core/page';
import type { Preview, Receipt } from '../../lambda/core/receipt';
import type { ViewActions } from '../../lambda/core/views/actions';
import { type Html, html } from '../../lambda/core/views/html';
import { headerTable, inspectionView, step } from '../../lambda/core/views/inspection-view';
import { pagesView } from '../../lambda/core/views/pages-view';
import { receiptView } from '../../lambda/core/views/receipt-view';
import { statusView } from '../../lambda/core/views/status-view';
import { readCounts, trafficOf } from '../../nginx/traffic-report';
import type { LocalSite } from '../site';
import { visit, type VisitAnswer } from './visit';

/** What the inspector asks of a site. */
export interface InspectedSite extends Pick<LocalSite, 'url'> {
  readonly functions: Pick<LocalSite['functions'], 'inspect' | 'purge'>;
  readonly deployment: Pick<LocalSite['deployment'], 'statusListen'>;
}

/** The buttons of the page: inspector.js has what they do. */
const BUTTONS: ViewActions = {
  inspect: (url) => html`<button type="button" data-inspect="${url}" aria-label="Inspect ${url}">Inspect</button>`,
  more: (next) => html`<button type="button" data-next="${next}">Next pages</button>`,
  purge: (request, label, name) =>
    html`<button type="button" data-purge="${JSON.stringify(request)}" aria-label="${name}">${label}</button>`,
};

/** What the page asks, by the paths: the functions check it, and say what is wrong with it. */
export const ANSWERS: Readonly<Record<string, (site: InspectedSite, asked: object) => Promise<Html>>> = {
  '/status': async (site) => {
    const [status, counts] = await Promise.all([
      inspect<SiteStatus>(site, { status: {} }),
      readCounts(site.deployment.statusListen),
    ]);
    return statusView(status, trafficOf(counts));
  },
  '/pages': async (site, asked) => pagesView(await inspect<PageList>(site, { pages: asked }), BUTTONS),
  '/request': async (site, asked) => inspectionView(await inspect<PageInspection>(site, { inspect: asked })),
  '/visit': async (site, asked) => {
    // Refused before anything is sent.
    const { url } = await inspect<PageInspection>(site, { inspect: asked });
    const { headers = [] } = asked as { headers?: readonly HeaderPair[] };
    const answer = await visit(site.url, url, headers);
    const after = await inspect<PageInspection>(site, { inspect: asked });
    return html`${inspectionView(after, answerSteps(answer, after))}${headerTable('Headers of the answer', answer.headers)}`;
  },
  '/purge': async (site, asked) => {
    const request = { caller: 'inspector', ...asked };
    return receiptView((await site.functions.purge.invoke(request)) as Receipt | Preview);
  },
};

async function inspect<Answer>({ functions }: InspectedSite, request: object): Promise<Answer> {
  return (await functions.inspect.invoke(request)) as Answer;
}

function answerSteps({ status, headers, milliseconds }: VisitAnswer, { request }: PageInspection): Html {
  const cacheStatus = headers.find(([name]) => name.toLowerCase() === 'cache-status')?.[1];
  return html`${step('Answer', `${status}, after ${milliseconds} ms`)} ${step('Cache-Status', cacheStatus ?? 'none')}
  ${cacheStatus === undefined || !request.eligible ? undefined : step('Cached', cacheStatusText(cacheStatus.replace(/^[^;]*;\s*/, '')))}`;
}
