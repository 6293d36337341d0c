import type { IncomingMessage, RequestListener } from 'node:http';
import type { SiteConfigInput } from '../../lib/site/site-config';
import type { StartSiteOptions } from '../../local/site';
import { startTestOrigin } from '../support/test-origin';
import { startTestSite, type TestSite } from '../support/test-site';

/**
 * A whole site in front of an application that makes every mistake: it writes each header, cookie and parameter that it gets
 * into its pages and their heads, links to whatever host it is told of, and calls all of it public.
 */
export async function startCarelessSite(
  config: Partial<SiteConfigInput> = {},
  options: Partial<StartSiteOptions> = {},
): Promise<TestSite> {
  const origin = await startTestOrigin(reflect, { insecureHTTPParser: true });
  const site = await startTestSite(config, { origin: `http://${origin.address}`, ...options });
  const stop = async () => {
    await site.stop();
    await site.origin.close();
    await origin.close();
  };
  return { ...site, origin, stop };
}

const reflect: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method, url = '', rawHeaders } = request;
    const body = Buffer.concat(chunks).toString('latin1');
    const text = JSON.stringify({ method, target: url, fields: rawHeaders, body, links: linkTo(request) }, null, 1);
    response.writeHead(200, [
      // nginx gives its own name to what has none.
      ...['Server', 'careless'],
      ...[
        'Content-Type',
        'text/plain',
        'Cache-Control',
        'public, max-age=600',
        'Link',
        `<${linkTo(request)}>; rel=canonical`,
      ],
      ...['X-Reflected', encodeURIComponent(rawHeaders.join(' ')).slice(0, 4000)],
      ...cookiesAskedFor(url),
    ]);
    response.end(Buffer.from(text, 'latin1'));
  });
};

// What frameworks believe that are told to trust proxies.
function linkTo({ headers, url = '' }: IncomingMessage): string {
  const said = (...names: string[]) => names.map((name) => headers[name]).find((value) => value !== undefined);
  const scheme = said('x-forwarded-scheme', 'x-forwarded-proto') ?? 'http';
  const host = said('x-forwarded-host', 'x-host', 'x-forwarded-server', 'forwarded', 'host') ?? '';
  const path = said('x-original-url', 'x-rewrite-url') ?? url;
  return [scheme, '://', host, said('x-forwarded-prefix') ?? '', path]
    .flat()
    .join('')
    .replace(/[^\x21-\x7e]/g, '?');
}

function cookiesAskedFor(target: string): string[] {
  const asked = new URLSearchParams(target.split('?')[1] ?? '').getAll('set-cookie');
  return asked.flatMap((cookie) => ['Set-Cookie', cookie.replace(/[^\x20-\x7e]/g, '?')]);
}
