// Runs the suite once, through the cache at an address, and prints what came of each test as JSON.
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TestResult } from './suite';

interface SuiteTest {
  readonly id: string;
  readonly kind?: TestResult['kind'];
  readonly browser_only?: boolean;
}
interface Runner {
  runTests(
    sets: readonly { tests: readonly SuiteTest[] }[],
    fetch: typeof ask,
    browser: boolean,
    base: string,
  ): Promise<void>;
  getResults(): Record<string, true | [name: string, words: string]>;
}

const agent = new Agent({ keepAlive: true });

/** The part of `fetch` that the suite uses; the built-in one adds directives about caches by itself. */
function ask(
  url: string,
  { method = 'GET', headers = [], body }: { method?: string; headers?: [string, string][]; body?: string } = {},
) {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, agent, insecureHTTPParser: true }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const pairs = response.rawHeaders.flatMap((name, i) =>
          i % 2 === 0 ? [[name, response.rawHeaders[i + 1]]] : [],
        );
        resolve({
          status: response.statusCode,
          statusText: response.statusMessage,
          headers: new Headers(pairs as [string, string][]),
          text: () => Promise.resolve(Buffer.concat(chunks).toString()),
        });
      });
    });
    asked.on('error', reject);
    // Several lines of one name stay several.
    const names = new Set(headers.map(([name]) => name));
    for (const name of names)
      asked.setHeader(
        name,
        headers.filter(([n]) => n === name).map(([, value]) => value),
      );
    // Node frames no body of a DELETE by itself.
    if (body !== undefined) asked.setHeader('Content-Length', Buffer.byteLength(body));
    asked.end(body);
  });
}

async function main([suite = '', base = '']: string[]): Promise<void> {
  const load = async (path: string) => (await import(pathToFileURL(join(suite, path)).href)) as { default: unknown };
  const sets = (await load('tests/index.mjs')).default as { tests: readonly SuiteTest[] }[];
  const runner = (await load('client/runner.mjs')) as unknown as Runner;
  await runner.runTests(sets, ask, false, base);
  const outcomes = runner.getResults();
  const results = sets
    .flatMap(({ tests }) => tests)
    .filter((test) => test.browser_only !== true)
    .map(({ id, kind = 'required' }): TestResult => {
      const outcome = outcomes[id] ?? ['Setup', 'was not run'];
      return outcome === true
        ? { id, kind, outcome: 'passed', words: '' }
        : { id, kind, outcome: outcome[0] === 'Setup' ? 'unprepared' : 'failed', words: outcome[1] };
    });
  process.stdout.write(JSON.stringify(results), () => process.exit(0));
}

void main(process.argv.slice(2));
