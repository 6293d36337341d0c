import type { IncomingMessage, RequestListener } from 'node:http';
import { listenHttp, type ListeningServer } from '../support/listening-servers';

export type NaiveCache = ListeningServer;

interface Rendering {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * A cache with every fault that an audit looks for, in front of an application that has its own: pages lie under their URL without
 * their tracking parameters, and hold whatever whoever asked first has sent.
 */
export async function startNaiveCache(): Promise<NaiveCache> {
  const pages = new Map<string, Rendering>();
  const listener: RequestListener = (request, response) => {
    const { method = '', url = '', headers } = request;
    const key = url.replace(/&utm_source=[^&]*/, '');
    if (headers['cache-control'] === 'no-cache' || ['PURGE', 'BAN', 'REFRESH'].includes(method)) pages.delete(key);
    const stored = pages.get(key);
    const page = stored ?? render(request);
    if (!url.startsWith('/never')) pages.set(key, page);
    const said = `nginx-memcache-site; ${stored === undefined ? 'fwd=miss' : 'hit'}`;
    response.writeHead(page.status, { ...page.headers, 'Cache-Status': said }).end(page.body);
  };
  return listenHttp(listener, { maxHeaderSize: 65_536 });
}

let renderings = 0;

function render({ method, url = '', rawHeaders, headers }: IncomingMessage): Rendering {
  const isDirect = url.startsWith('/.nginx-memcache-site/');
  const wholeBody = isDirect ? 'HTTP/1.1 200 OK' : `${url} ${rawHeaders.join(' ')}`;
  const isOurs = /session=7731/.test(headers.cookie ?? '');
  const body = headers.range !== undefined ? 'x' : method === 'HEAD' ? '' : isOurs ? 'hello 7731' : wholeBody;
  const isBad = headers['x-method-override'] !== undefined || rawHeaders.some((text) => text.length > 8000);
  return {
    status: isBad ? 400 : 200,
    headers: {
      'Cache-Control': 'no-store',
      'Set-Cookie': 'a=b',
      Date: new Date((renderings += 1) * 1000).toUTCString(),
    },
    body,
  };
}
