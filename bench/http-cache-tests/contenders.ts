import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSiteConfig } from '../../lib/site/site-config';
import { startSite } from '../../local/site';
import type { Cleanup } from '../cleanup';
import { startNginxServer } from '../page-caches/nginx-server';
import { startVarnish } from '../page-caches/varnish';

/** A cache in front of an origin, running. */
export interface Contender {
  readonly name: string;
  /** `127.0.0.1:port`. */
  readonly address: string;
}

const DOCUMENT = join(__dirname, '..', '..', 'examples', 'http-cache-tests', 'site.json');

export async function startOurs(cleanup: Cleanup, origin: string): Promise<Contender> {
  const config = parseSiteConfig(JSON.parse(readFileSync(DOCUMENT, 'utf8')));
  const options = { config, origin: `http://${origin}`, onMessage: () => undefined };
  const site = await cleanup.started(startSite(options), (running) => running.stop());
  return { name: 'nginx-memcache-site', address: site.url.replace('http://', '') };
}

/** As its documentation has it, with what brings it nearer to the RFC. */
export async function startProxyCache(cleanup: Cleanup, origin: string): Promise<Contender> {
  const http = 'proxy_cache_path pages levels=1:2 keys_zone=pages:8m;';
  const server = `location / {
    proxy_pass http://${origin};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_cache pages;
    proxy_cache_revalidate on;
    proxy_cache_use_stale error timeout http_503;
    proxy_cache_background_update on;
  }`;
  return { name: 'nginx proxy_cache', ...(await startNginxServer(cleanup, http, server)) };
}

export async function startVarnishAlone(cleanup: Cleanup, origin: string): Promise<Contender> {
  return { ...(await startVarnish(cleanup, origin)), name: 'Varnish' };
}
