import { Agent, get } from 'node:http';

// As a load balancer keeps its connections to nginx.
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Asks for a page, and says how long it took until its end, in milliseconds, and what the cache said of it. */
export function timeOf(url: string): Promise<{ readonly milliseconds: number; readonly cache: string }> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.on('error', reject).on('data', () => undefined);
      response.on('end', () => {
        if (response.statusCode !== 200) {
          return reject(new Error(`${url} answered ${response.statusCode}`));
        }
        const cache = String(response.headers['cache-status'] ?? '');
        resolve({ milliseconds: performance.now() - start, cache });
      });
    }).on('error', reject);
  });
}
