// `npm run bench:http`: how an independent suite of HTTP cache tests finds this cache, and those that one could pick instead.
import { Command } from 'commander';
import type { Cleanup } from '../cleanup';
import { section, table } from '../report';
import { runBenchmark } from '../run-benchmark';
import { startOurs, startProxyCache, startVarnishAlone } from './contenders';
import { fetchSuite, runSuite, startOrigin, type TestResult } from './suite';

const options = new Command('npm run bench:http --')
  .description('Runs the tests of npm’s http-cache-tests through caches, and counts what they keep of the RFCs.')
  .option('--only <name>', 'one of them: ours, proxy_cache or varnish')
  .option('--verbose', 'says of every test that did not pass what was wrong')
  .parse()
  .opts<{ only?: string; verbose?: boolean }>();

const STARTS = { ours: startOurs, proxy_cache: startProxyCache, varnish: startVarnishAlone };

runBenchmark(async (cleanup: Cleanup) => {
  const suite = fetchSuite();
  const origin = await startOrigin(cleanup, suite);
  const rows = [['', 'required', 'of', 'optimal', 'of', 'not to be told']];
  const notes: string[] = [];
  for (const [name, start] of Object.entries(STARTS)) {
    if (options.only !== undefined && options.only !== name) continue;
    const contender = await start(cleanup, origin);
    const results = await runSuite(suite, contender.address);
    rows.push([contender.name, ...counts(results)]);
    const missed = results.filter(
      ({ kind, outcome }) => outcome !== 'passed' && (options.verbose || kind === 'required'),
    );
    notes.push(
      section(
        `${contender.name}: what did not pass`,
        missed.map(({ kind, outcome, id, words }) => `${kind} ${outcome} ${id}: ${words}`).join('\n') || 'nothing',
      ),
    );
  }
  console.log([section('Tests passed', table(rows)), ...notes].join('\n\n'));
});

/** Of what can be told, how many passed. */
function counts(results: readonly TestResult[]): string[] {
  const told = (kind: TestResult['kind']) =>
    results.filter((test) => test.kind === kind && test.outcome !== 'unprepared');
  const passed = (kind: TestResult['kind']) => told(kind).filter(({ outcome }) => outcome === 'passed').length;
  const untold = results.filter(({ kind, outcome }) => kind !== 'check' && outcome === 'unprepared').length;
  return [passed('required'), told('required').length, passed('optimal'), told('optimal').length, untold].map(String);
}
