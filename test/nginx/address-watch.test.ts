import { AddressWatch } from '../../nginx/address-watch';

/** Gives one answer after the other for the name `origin`, and says after each whether nginx has to read it again. */
async function watch(...answers: string[]): Promise<boolean[]> {
  const left = answers.map((answer) => answer.split(' ').filter(Boolean));
  const watched = new AddressWatch((name) => Promise.resolve(name === 'origin' ? (left.shift() ?? []) : ['same']));
  await watched.use(['origin', 'writer']);
  const changes: boolean[] = [];
  while (left.length > 0) changes.push(await watched.changed());
  return changes;
}

test.each<[string, string[], boolean[]]>([
  ['the same addresses', ['a b', 'b a', 'a b'], [false, false]],
  ['addresses in turn', ['a b', 'b c', 'c a', 'a b', 'b c', 'c a'], [false, false, false, false, false]],
  ['an address that is missing once', ['a b', 'a', 'a b', 'a', 'a b'], [false, false, false, false]],
  ['an address that has gone', ['a b', 'a', 'a', 'a', 'a'], [false, false, false, true]],
  ['an address that has come to stay', ['a', 'a b', 'a b', 'a b', 'a b'], [false, false, false, true]],
  ['other addresses', ['a b', 'c d'], [true]],
  [
    'a name that does not resolve for a while',
    ['a b', '', '', '', '', '', 'a b'],
    [false, false, false, false, false, false],
  ],
  ['a name that did not resolve at first', ['', 'a'], [true]],
])('%s', async (_, answers, changes) => {
  expect(await watch(...answers)).toEqual(changes);
});

test('what nginx has read again is what it uses', async () => {
  const answers = [['a'], ['b'], ['b'], ['b']];
  const watched = new AddressWatch(() => Promise.resolve(answers.shift() ?? []));
  await watched.use(['origin']);
  expect(await watched.changed()).toBe(true);
  await watched.use(['origin']);
  expect(await watched.changed()).toBe(false);
});
