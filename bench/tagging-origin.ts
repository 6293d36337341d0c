import { createServer } from 'node:http';
import { listening } from '../local/listening';

/** Starts an application whose pages have the first segment of their path as their tag. */
export async function startTaggingOrigin(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(({ url = '/' }, response) => {
    const headers = { 'Content-Type': 'text/html', 'Cache-Control': 'max-age=3600', 'Cache-Tag': url.split('/')[1] };
    response.writeHead(200, headers).end(`<!doctype html><title>A product</title><p>${url}`);
  });
  const { address, ...ended } = await listening(server);
  return { url: `http://${address}`, ...ended };
}
