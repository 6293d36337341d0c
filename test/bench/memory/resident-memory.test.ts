import { residentBytes, residentMemoryOf } from '../../../bench/memory/resident-memory';

test('resident memory is what Linux says, in bytes, and not the most that there was', () => {
  expect(residentBytes('Name:\tnginx\nVmHWM:\t   99999 kB\nVmRSS:\t   12340 kB\nRssAnon:\t    9000 kB\n')).toBe(
    12_636_160,
  );
});

test('this process has some', () => {
  expect(residentMemoryOf(process.pid)).toBeGreaterThan(10 * 1024 * 1024);
});

test('fails for a process that has ended, which has none', () => {
  expect(() => residentBytes('Name:\tnginx\nState:\tZ (zombie)\n')).toThrow('not the status of a process that runs');
});
