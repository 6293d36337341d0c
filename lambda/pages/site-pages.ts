import type { CanonicalRequest } from '../../lib/site/canonical-request';
import type { Log } from '../adapters/log-json';
import { sharedFills } from '../core/cache-page';
import { answerFrom } from '../core/claim';
import type { FillAnswer, FillTools, View } from '../core/fill-tools';
import { judge } from '../core/judge';
import type { PageResponse } from '../core/page';
import { kindOfValue } from '../core/page-format';
import { withAge } from '../core/page-times';
import { unreachable } from '../core/unreachable';

/** The tools of a fill as they are at this moment; undefined where the cache cannot be reached. */
export type ToolsOfNow = () => Promise<FillTools | undefined>;

/** The answer to a canonical request, with what `Cache-Status` (RFC 9211) says of it. */
export interface SiteAnswer {
  /** Undefined where the visitor's own request has to be answered. */
  readonly page?: PageResponse;
  readonly cacheStatus: string;
}

type FillOnce = ReturnType<typeof sharedFills>;

/** A site's pages, for programs that visitors ask without nginx in front: found in the store, or rendered and stored. */
export class SitePages {
  private filling: { readonly tools: FillTools; readonly fill: FillOnce } | undefined;

  public constructor(
    private readonly toolsOfNow: ToolsOfNow,
    public readonly log: Log,
  ) {}

  /**
   * The page of a request. Failures of the cache cost the page, never an answer.
   *
   * @param deadline milliseconds that waiting and rendering may take. Default: the site's
   */
  public async answer(request: CanonicalRequest, view: View, deadline?: number): Promise<SiteAnswer> {
    try {
      const tools = await this.toolsOfNow();
      if (tools === undefined) {
        return { cacheStatus: missed('unreachable') };
      }
      const found = await lookUp(tools, request.key);
      if (found !== undefined) {
        return describe(found, 'hit', tools.now());
      }
      return await this.fill(tools, request, view, deadline);
    } catch (error) {
      this.log('not-answered', { path: request.path, error });
      return { cacheStatus: missed('failed') };
    }
  }

  private async fill(
    tools: FillTools,
    request: CanonicalRequest,
    view: View,
    deadline: number | undefined,
  ): Promise<SiteAnswer> {
    if (this.filling?.tools !== tools) {
      this.filling = { tools, fill: sharedFills(tools) };
    }
    const startedAt = tools.now();
    let rendering: Promise<PageResponse> | undefined;
    const seen: View = (canonical, signal) => (rendering = view(canonical, signal));
    const answer = await this.filling.fill(request, seen, { deadline });
    if (answer.cause !== undefined) {
      const outcome = answer.kind === 'page' ? answer.outcome : answer.reason;
      this.log('not-stored', { key: request.key, path: request.path, outcome, error: answer.cause });
    }
    if (answer.kind === 'pass' && answer.reason === 'late' && rendering !== undefined) {
      // Too late to be stored. To begin again would take longer than to wait for it.
      const late = await rendering.then((page) => judge(request, page, tools.config, startedAt)).catch(() => undefined);
      if (late?.kind === 'storable') {
        return { page: late.page, cacheStatus: missed('late') };
      }
    }
    return describe(answer, 'fwd=uri-miss; collapsed', tools.now());
  }
}

/** What lies under a key; undefined where it has to be rendered. @throws Error where the store does not answer. */
async function lookUp({ pages }: FillTools, key: string): Promise<FillAnswer | undefined> {
  try {
    const value = await pages.get(key);
    return value === undefined || kindOfValue(value) === 'lease' ? undefined : answerFrom(value);
  } catch (cause) {
    return { kind: 'pass', reason: unreachable(cause), cause };
  }
}

function describe(answer: FillAnswer, found: string, now: number): SiteAnswer {
  if (answer.kind === 'pass') {
    return { cacheStatus: missed(answer.reason) };
  }
  const { outcome } = answer;
  const page = FROM_THE_STORE.has(outcome) ? withAge(answer.response, now) : answer.response;
  return { page, cacheStatus: outcome === 'hit' ? `${NAME}; ${found}` : (STATUSES.get(outcome) ?? missed(outcome)) };
}

const FROM_THE_STORE: ReadonlySet<string> = new Set(['hit', 'stale', 'stale-while-revalidate']);
const NAME = 'nginx-memcache-site';
const STATUSES = new Map<string, string>([
  ['stored', `${NAME}; fwd=uri-miss; stored`],
  ['kept', `${NAME}; fwd=uri-miss; stored; detail=kept`],
  ['stale', `${NAME}; fwd=stale; detail=stale-if-error`],
  ['stale-while-revalidate', `${NAME}; hit; detail=stale-while-revalidate`],
]);
const missed = (reason: string) => `${NAME}; fwd=uri-miss; detail=${reason}`;

/** What `Cache-Status` says of a request that is answered to its visitor alone. */
export function bypassed(reason: string): string {
  return `${NAME}; ${reason === 'method' ? 'fwd=method' : `fwd=bypass; detail=${reason}`}`;
}
