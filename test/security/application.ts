import type { IncomingMessage } from 'node:http';
import type { TestSite } from '../support/test-site';
import { newPath } from './attack';

/** Answers a page that everybody may keep, unless other headers say otherwise. */
export type Say = (text: string, headers?: Record<string, string>, status?: number) => void;
export type Application = (request: IncomingMessage, say: Say) => void;

/** Has a site's origin answer a path of its own so. */
export function install(site: TestSite, application: Application): string {
  const path = newPath('/application');
  const cached = { 'Content-Type': 'text/html', 'Cache-Control': 'public, max-age=600' };
  site.origin.on(path, (request, response) =>
    application(request, (text, headers = {}, status = 200) =>
      response.writeHead(status, { ...cached, ...headers }).end(text),
    ),
  );
  return path;
}
