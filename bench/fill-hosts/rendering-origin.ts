import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { listening, type ListeningServer } from '../../local/listening';

const PAGE = `<!doctype html><title>A page</title>${'<p>Storm passes, the light stays on.</p>'.repeat(250)}`;

/** An application that takes as long for a page as its path says: `/20/whatever` takes 20 ms. */
export function startRenderingOrigin(): Promise<ListeningServer> {
  const server = createServer((request, response) => {
    const milliseconds = Number(/^\/(\d+)\//.exec(request.url ?? '')?.[1] ?? 0);
    const answer = () =>
      response.writeHead(200, { 'Content-Type': 'text/html', 'Cache-Control': 'max-age=600' }).end(PAGE);
    void (milliseconds === 0 ? Promise.resolve() : wait(milliseconds)).then(answer);
  });
  return listening(server);
}
