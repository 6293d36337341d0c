import { printable } from '../bin/command-line/output';
import type { LoggedRequest } from './nginx';

/** What happened to a request, in a word and, where there is one, a reason. */
function outcome(cacheStatus: string): string {
  const detail = /detail=(\S+)/.exec(cacheStatus)?.[1];
  const word = [
    [/; hit/, 'HIT'],
    [/; stored/, 'MISS stored'],
    [/; collapsed/, 'MISS joined'],
    [/fwd=method/, 'BYPASS method'],
    [/fwd=bypass/, 'BYPASS'],
    [/fwd=uri-miss/, 'PASS'],
  ].find(([pattern]) => (pattern as RegExp).test(cacheStatus))?.[1] as string | undefined;
  return [word ?? '-', detail].filter(Boolean).join(' ');
}

/** One line about a request: what the cache did, status, method, target, milliseconds, key. */
export function liveLine({ cache, status, method, target, seconds, key }: LoggedRequest): string {
  const columns = [
    outcome(cache).padEnd(22),
    status,
    method.padEnd(4),
    target,
    `${Math.round(seconds * 1000)} ms`,
    key,
  ];
  return printable(columns.join('  ').trimEnd());
}
