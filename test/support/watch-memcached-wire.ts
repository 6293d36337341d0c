import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/*
 * Of every suite of attacks, each line that anybody says to a memcached is looked at in the end: nothing but our commands about our
 * keys, and what the suites themselves ask to look into the store. memcached writes the lines down as it has read them.
 */

// An application's own keys, on sites that say so, are whatever it makes them; of those, pages are only read.
const KEY = '[a-z][a-z0-9-]{0,31}:\\d+\\.[0-9a-f]{8}[a-z]?:[0-9a-f]{32}(?::kept)?';
const OURS = new RegExp(
  `^(?:version|gets? KEY|delete KEY|add KEY 0 \\d+ 0|cas KEY 0 (?:-1|\\d+) \\d+ \\d+)$`.replaceAll('KEY', KEY),
);
const OF_APPLICATIONS = /^get [\x21-\x7e\x80-\xff]{1,250}$/;
const OF_SUITES = /^(?:stats|stats items|lru_crawler metadump all|quit)$/;
const ABOUT_CONNECTIONS = /^(?:server listening|new auto-negotiating client|connection closed)/;

const isAttacked = /[\\/]test[\\/]security[\\/]/.test(expect.getState().testPath ?? '');

if (isAttacked) {
  const folder = mkdtempSync(join(tmpdir(), 'memcached-wire-'));
  process.env.NMS_MEMCACHED_LOGS = folder;

  afterAll(() => {
    const lines = readdirSync(folder).flatMap((file) => linesSaid(readFileSync(join(folder, file), 'latin1')));
    rmSync(folder, { recursive: true });
    const known = [OURS, OF_APPLICATIONS, OF_SUITES];
    expect(lines.filter((line) => !known.some((pattern) => pattern.test(line))).slice(0, 20)).toEqual([]);
  });
}

/** What clients have said: memcached's own words begin with `>`. */
function linesSaid(log: string): string[] {
  const said = [...log.matchAll(/^<\d+ (.*)$/gm)].map(([, line = '']) => line);
  return said.filter((line) => !ABOUT_CONNECTIONS.test(line));
}
