import { amount, section, table } from '../report';
import { ORIGIN_ALONE, type Run, summarize } from './comparison';
import { type Fault, NOTHING } from './faults';
import { KINDS } from './pages';

/** The tables of all faults, with the application's own answers beside them. */
export function faultReport(runs: readonly Run[], faults: readonly Fault[]): string {
  const all: readonly Pick<Fault, 'name' | 'p99MayGrow'>[] = [...faults, { name: ORIGIN_ALONE }];
  const summaries = all.map((fault) => ({ ...fault, ...summarize(runs, fault.name, NOTHING.name) }));
  const rows = summaries.map(({ name, requests, failed, p50, p99, growth, aboveOrigin, p99MayGrow }) => [
    name,
    ...[requests, failed].map((count) => amount(count)),
    ...[p50, p99, growth, aboveOrigin].map((milliseconds) => amount(milliseconds, 1)),
    p99MayGrow === undefined ? '' : `<= ${p99MayGrow}`,
    verdict(growth, p99MayGrow),
  ]);
  const heading = ['', 'requests', 'failed', 'p50 ms', 'p99 ms', 'p99 grows by', 'above the origin', 'target', ''];
  const byKind = summaries.map(({ name, p99Of }) => [name, ...KINDS.map((kind) => amount(p99Of(kind), 1))]);
  return [
    section('What visitors notice', table([heading, ...rows])),
    section('p99 ms by what is asked for', table([['', ...KINDS], ...byKind])),
  ].join('\n\n');
}

/** Whether a growth stays within what is allowed; nothing where nothing is said. */
export function verdict(growth: number, mayGrow: number | undefined): '' | 'met' | 'MISSED' {
  if (mayGrow === undefined) {
    return '';
  }
  return growth <= mayGrow ? 'met' : 'MISSED';
}
