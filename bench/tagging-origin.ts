import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Starts an application whose pages have the first segment of their path as their tag. */
export async function startTaggingOrigin(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(({ url = '/' }, response) => {
    const headers = { 'Content-Type': 'text/html', 'Cache-Control': 'max-age=3600', 'Cache-Tag': url.split('/')[1] };
    response.writeHead(200, headers).end(`<!doctype html><title>A product</title><p>${url}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
