/**
 * The order in which Jest runs the test files: the schedules first. A worker's memory grows with each file; what makes much
 * garbage is several times slower at the end.
 */
export default class Sequencer {
  sort(tests) {
    const rank = ({ path }) => (path.includes('interleavings') ? 0 : 1);
    return [...tests].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
  }

  shard(tests) {
    return tests;
  }

  allFailedTests() {
    return [];
  }

  cacheResults() {}
}
