import { processorMicroseconds, timeOf } from '../../../bench/page-caches/processor-time';

// What Linux 6.1 wrote of an nginx worker, with some time put in: 312 ticks of its own, 688 of the kernel's.
const STAT =
  '30568 (nginx) S 30504 30504 22283 0 -1 4194560 437 0 0 0 312 688 7 9 20 0 1 0 755634 10498048 1658 ' +
  '18446744073709551615 94921318051840 94921318831585 140730203372672 0 0 0 0 1073745920 402745863 1 0 0 17 0 0 0';

test('a process has used its own time and the kernel’s, and not its children’s', () => {
  expect(processorMicroseconds(STAT)).toBe(10_000_000);
});

test('a name may have spaces and parentheses', () => {
  expect(processorMicroseconds(STAT.replace('(nginx)', '(cache) main (1 2)'))).toBe(10_000_000);
});

test('fails for what is not a stat', () => {
  expect(() => processorMicroseconds('')).toThrow("not a process's stat");
});

test('times of several processes are added', () => {
  expect(timeOf([])).toBe(0);
  expect(timeOf([process.pid, process.pid])).toBeGreaterThan(0);
});
