import { createServer } from 'node:http';
import { listening } from '../../local/listening';
import { pageAt } from '../page-caches/pages';

/**
 * Starts an application with a page of 20 kB, about 8 kB of them compressed, at every URL; those below `/private/` may not be
 * stored.
 */
export async function startDistinctOrigin(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const text = pageAt('/20kb/0.html').plain;
  const server = createServer(({ url = '/' }, response) => {
    const control = url.startsWith('/private/') ? 'private' : 'max-age=3600';
    const own = Buffer.from(`<p>${url}</p>`);
    response
      .writeHead(200, {
        'Content-Type': 'text/html',
        'Cache-Control': control,
        'Content-Length': text.length + own.length,
      })
      .end(Buffer.concat([text, own]));
  });
  const { address, ...ended } = await listening(server);
  return { url: `http://${address}`, ...ended };
}
