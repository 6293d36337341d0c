import { createServer } from 'node:http';
import { Ring } from '../../lambda/stores/ring';
import { parseSiteConfig } from '../../lib/site/site-config';
import { listening } from '../../local/listening';
import type { LoggedRequest } from '../../local/nginx';
import { type LocalSite, startSite } from '../../local/site';
import type { Cleanup } from '../cleanup';
import { pageText, type StoredPages } from './pages';

const PAGES = 60;

/** A site with stored pages on both of its nodes. */
export interface SiteToBreak {
  readonly site: LocalSite;
  readonly stored: StoredPages;
}

/**
 * Starts the application.
 *
 * @param rendering milliseconds that it needs for a page.
 * @returns its `host:port`.
 */
export async function startApplication(rendering: number, cleanup: Cleanup): Promise<string> {
  const application = createServer(({ url = '/' }, response) => {
    const headers = { 'Content-Type': 'text/html', 'Cache-Control': 'max-age=3600' };
    setTimeout(() => response.writeHead(200, headers).end(pageText(url)), rendering);
  });
  return (await cleanup.started(listening(application), (server) => server.close())).address;
}

/** Starts a site in front of the application. */
export async function startSiteToBreak(application: string, cleanup: Cleanup): Promise<SiteToBreak> {
  // Parts that fail say so with every request.
  const options = { config: parseSiteConfig({ site: 'bench' }), onMessage: () => undefined };
  const site = await cleanup.started(startSite({ ...options, origin: `http://${application}` }), (running) =>
    running.stop(),
  );
  return { site, stored: await storePages(site) };
}

/** Asks for pages until all of them are stored. */
async function storePages({ url, nginx, memcached }: LocalSite): Promise<StoredPages> {
  const keys = new Map<string, string>();
  const note = ({ target, key, cache }: LoggedRequest) => cache.endsWith('; hit') && keys.set(target, key);
  nginx.requests.on('request', note);
  const paths = Array.from({ length: PAGES }, (_, page) => `/page/${page}`);
  while (keys.size < PAGES) {
    for (const path of paths.filter((wanted) => !keys.has(wanted))) await (await fetch(url + path)).arrayBuffer();
    // The log comes by datagrams, a moment later.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  nginx.requests.off('request', note);
  const addresses = memcached.map(({ address }) => address);
  const ring = new Ring(addresses);
  const breaks = (path: string) => ring.nodeOf(keys.get(path) as string) === addresses[0];
  return {
    'a page of the node that breaks': paths.filter(breaks),
    'a page of the other node': paths.filter((path) => !breaks(path)),
  };
}
