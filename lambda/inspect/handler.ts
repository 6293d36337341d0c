import type { InspectAnswer } from '../core/inspect-answers';
import { inspectPage, type InspectTools } from '../core/inspect-page';
import { parseInspectRequest } from '../core/inspect-request';
import { listPages } from '../core/list-pages';
import { listPurges } from '../core/list-purges';
import { siteStatus } from '../core/site-status';
import { answerWidget, isWidgetEvent } from './widget';

export interface InspectHandlerOptions extends Pick<InspectTools, 'config'> {
  readonly readers: () => Promise<Pick<InspectTools, 'store' | 'index'>>;
}

/** What Lambda says of a call. */
interface CallContext {
  readonly invokedFunctionArn?: string;
}

/**
 * The inspect function, which only looks: `{ "inspect": { "url": … } }`, `{ "pages": {} }`, `{ "status": {} }` and
 * `{ "purges": {} }`. docs/command-line.md has every field. A CloudWatch dashboard is answered with HTML.
 *
 * The handler throws InspectRequestError with every fault of the event, and IndexError when the table did not answer what
 * only the table knows.
 */
export function inspectHandler({
  config,
  readers,
}: InspectHandlerOptions): (event: unknown, context?: CallContext) => Promise<InspectAnswer | string> {
  const look = async (event: unknown): Promise<InspectAnswer> => {
    const request = parseInspectRequest(config, event, Date.now());
    const tools = { ...(await readers()), config, now: Date.now };
    switch (request.kind) {
      case 'inspect':
        return inspectPage(request, tools);
      case 'pages':
        return listPages(request, tools);
      case 'status':
        return siteStatus(tools);
      case 'purges':
        return listPurges(request, tools);
    }
  };
  return (event, context) =>
    isWidgetEvent(event) ? answerWidget(event, context?.invokedFunctionArn ?? '', look) : look(event);
}
