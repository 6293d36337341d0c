import { setTimeout as sleep } from 'node:timers/promises';
import { readNodes, usableNodes } from '../adapters/cluster';
import { type Log, logJson } from '../adapters/log-json';
import { openStores } from '../adapters/open-stores';
import type { FillTools } from '../core/fill-tools';
import { type PagesEnvironment, readPagesEnvironment } from './environment';
import { SitePages, type ToolsOfNow } from './site-pages';

/** What a program has of a site: its pages, and what it is told of it. */
export interface ProcessPages extends Pick<PagesEnvironment, 'site' | 'behindLoadBalancer' | 'variantKeys'> {
  readonly pages: SitePages;
}

let known: { readonly pages: ProcessPages | undefined } | undefined;

/**
 * The pages of the site that this process's environment names; undefined where it names none, which is said once.
 *
 * @throws EnvironmentError when the environment names it by halves.
 */
export function processPages(): ProcessPages | undefined {
  known ??= { pages: openPages(readPagesEnvironment()) };
  return known.pages;
}

function openPages(environment: PagesEnvironment | undefined): ProcessPages | undefined {
  if (environment === undefined) {
    logJson('no-page-cache', { why: 'the environment has no NMS_ variables: every request is answered by itself' });
    return undefined;
  }
  return { ...environment, pages: new SitePages(toolsOf(environment), logJson) };
}

// How long requests wait for the nodes to be read again, and until what failed at first is tried again.
const PATIENCE = 250;
const RETRY = 5000;

/**
 * The stores, with the nodes of now: looked at again when a request comes and some time has passed, because a function
 * is frozen between two of them. When that fails, the last ones stay in use; undefined where there are none.
 */
export function toolsOf(environment: PagesEnvironment, log: Log = logJson, now = Date.now): ToolsOfNow {
  let tools: (FillTools & ReturnType<typeof openStores>) | undefined;
  let readAt = -Infinity;
  let reading: Promise<void> | undefined;
  const read = async () => {
    const nodes = await readNodes(environment.cache);
    const opened = tools ?? { ...openStores(environment, nodes), config: environment.site, now };
    // One that missed a purge while it was gone is emptied before it is read.
    opened.pages.setNodes(await usableNodes(nodes, opened));
    tools = opened;
  };
  const readAgain = () =>
    read()
      .catch((error: unknown) => log('nodes-not-read', { error }))
      .finally(() => {
        readAt = now();
        reading = undefined;
      });
  return async () => {
    if (tools === undefined) {
      await (reading ?? (now() - readAt < RETRY ? undefined : (reading = readAgain())));
    } else if (now() - readAt >= environment.watchEvery * 1000) {
      await Promise.race([(reading ??= readAgain()), sleep(PATIENCE, undefined, { ref: false })]);
    }
    return tools;
  };
}
