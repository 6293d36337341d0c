import { z } from 'zod';
import type { PageInspection, PageList, SiteStatus } from '../core/inspect-answers';
import type { ViewActions } from '../core/views/actions';
import { type Html, html, jsonIn } from '../core/views/html';
import { inspectionView } from '../core/views/inspection-view';
import { pagesView } from '../core/views/pages-view';
import { faultView } from '../core/views/receipt-view';
import { statusView } from '../core/views/status-view';

// The fields of forms are there when they are empty, too.
const field = z.string().transform((text) => text.trim() || undefined);

/*
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html: what the dashboard has
 * for the widget is in `params`, what a button has beside `widgetContext`.
 */
const widgetEvent = z.object({
  describe: z.unknown().optional(),
  url: z.string().optional(),
  next: z.string().optional(),
  widgetContext: z
    .object({
      params: z.object({ purge: z.string().optional() }).nullish(),
      forms: z.object({ all: z.object({ search: field.optional(), tag: field.optional() }).nullish() }).nullish(),
    })
    .optional(),
});

/** Whether an event is of a CloudWatch dashboard. */
export function isWidgetEvent(event: unknown): event is object {
  return typeof event === 'object' && event !== null && ('widgetContext' in event || 'describe' in event);
}

// What the console shows to those who make a widget.
const DESCRIPTION = `## The pages of a site of nginx-memcache-site

The hit ratio, the nodes, the last purges and the cached pages; for each what is stored, and buttons to purge and to refresh it.

### Parameters

Parameter | Description
---|---
**purge** | The ARN of the purge function, where there are to be buttons. Whoever uses them needs \`lambda:InvokeFunction\` on it.
`;

const PAGES = 50;

/**
 * Answers a CloudWatch dashboard with HTML, in which buttons are elements of CloudWatch's: the functions are called as whoever
 * looks at the dashboard. What fails is said there.
 *
 * @param self the ARN of this function.
 * @param look answers requests to the inspect function.
 */
export async function answerWidget(
  event: object,
  self: string,
  look: (request: object) => Promise<unknown>,
): Promise<string> {
  try {
    const { describe, url, next, widgetContext } = widgetEvent.parse(event);
    if (describe !== undefined) {
      return DESCRIPTION;
    }
    if (url !== undefined) {
      return String(inspectionView((await look({ inspect: { url } })) as PageInspection));
    }
    const filter = { search: widgetContext?.forms?.all?.search, tag: widgetContext?.forms?.all?.tag };
    const actions = actionsOf(self, widgetContext?.params?.purge);
    const status = (await look({ status: {} })) as SiteStatus;
    const list = status.index.kind === 'none' ? undefined : { pages: { ...filter, next, limit: PAGES } };
    return String(
      html`${statusView(status)} ${list && form(filter, actions.search)}
      ${list && pagesView((await look(list)) as PageList, actions)} ${purgeButtons(filter.tag, actions)}`,
    );
  } catch (error) {
    return String(faultView((error as Error).message));
  }
}

interface WidgetActions extends ViewActions {
  /** Shows the widget anew, by what its form says. */
  readonly search: Html;
}

function actionsOf(self: string, purge: string | undefined): WidgetActions {
  const here = (label: string, name: string, asked: object, display: 'popup' | 'widget'): Html =>
    html`<a class="btn" aria-label="${name}">${label}</a
      ><cwdb-action action="call" endpoint="${self}" display="${display}">${jsonIn(asked)}</cwdb-action>`;
  return {
    inspect: (url) => here('Inspect', `Inspect ${url}`, { url }, 'popup'),
    more: (next) => here('Next pages', 'Next pages', { next }, 'widget'),
    search: here('Search', 'Search', {}, 'widget'),
    purge: (request, label, name) =>
      purge === undefined
        ? undefined
        : html`<a class="btn" aria-label="${name}">${label}</a
            ><cwdb-action action="call" endpoint="${purge}" display="popup" confirmation="${name}?"
              >${jsonIn(request)}</cwdb-action
            >`,
  };
}

function form({ search, tag }: { search?: string; tag?: string }, button: Html): Html {
  return html`<form>
    <label>Part of the URL <input name="search" value="${search}" /></label>
    <label>Tag <input name="tag" value="${tag}" /></label>
    ${button}
  </form>`;
}

function purgeButtons(tag: string | undefined, { purge }: WidgetActions): Html {
  const ofTag = (label: string, mode: object) =>
    tag === undefined ? undefined : purge({ tags: [tag], ...mode }, label, `${label}: ${tag}`);
  return html`<p>
    ${ofTag('Refresh all with the tag', { mode: 'refresh' })} ${ofTag('Purge all with the tag', {})}
    ${purge({ everything: true }, 'Purge everything', 'Purge everything')}
  </p>`;
}
