import { html } from '../../core/views/html';
import { faultView } from '../../core/views/receipt-view';
import type { Log } from '../log-json';
import { isObject } from './event-shape';
import type { Purge } from './purge-all';
import { type PurgeAnswer, receiptSummary } from './receipt-summary';
import { fromSource, type RequestFields } from './request-fields';

/** Does what a button on a CloudWatch dashboard asks for, and answers with HTML, also when it fails: the dashboard shows it. */
export async function answerWidget(
  { widgetContext, ...fields }: RequestFields,
  { purge, log }: { readonly purge: Purge<PurgeAnswer>; readonly log: Log },
): Promise<string> {
  const { dashboardName: name, params } = isObject(widgetContext) ? widgetContext : {};
  // What the dashboard has for the widget that the button is in comes along.
  const isOwn = (field: string) => !isObject(params) || !(field in params);
  const request = Object.fromEntries(Object.entries(fields).filter(([field]) => isOwn(field)));
  const source = `dashboard:${typeof name === 'string' ? name : ''}`;
  try {
    return String(html`<p>${receiptSummary(await purge(fromSource(source, request)))}</p>`);
  } catch (error) {
    log('purge-failed', { source, error });
    return String(faultView((error as Error).message));
  }
}
