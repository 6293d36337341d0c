import { createServer } from 'node:http';
import { listening } from '../listening';
import { layout } from './layout';
import { pages } from './pages';

/** A small newspaper: an application to put a cache in front of. */
export interface DemoOrigin {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the demo on a free port. */
export async function startDemoOrigin(): Promise<DemoOrigin> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://demo');
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const page = pages[`${method} ${url.pathname}`];
    const answered =
      page === undefined
        ? Promise.reject(new Error('there is no such page'))
        : Promise.resolve(page(request, response, url));
    answered.catch((error: Error) =>
      response
        .writeHead(404, { 'Content-Type': 'text/html; charset=utf-8' })
        .end(layout('Not found', `<p>${error.message}</p>`)),
    );
  });
  const { address, ...ended } = await listening(server);
  return { url: `http://${address}`, ...ended };
}
