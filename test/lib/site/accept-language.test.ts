import { negotiateLanguage } from '../../../lib/site/accept-language';

const LANGUAGES = ['en', 'de', 'pt-BR', 'de-AT', 'fr'];

test.each([
  // RFC 4647 section 3.4: lookup.
  ['de', 'de'],
  ['DE', 'de'],
  ['de-CH', 'de'],
  ['de-AT', 'de-AT'],
  ['de-at-1996', 'de-AT'],
  ['pt-BR', 'pt-BR'],
  ['pt', 'en'],
  ['pt-PT', 'en'],
  ['deu', 'en'],
  ['fr-x-private', 'fr'],
  // RFC 9110 section 12.4.2: weights; of equals, the first.
  ['fr;q=0.5, de;q=0.9', 'de'],
  ['fr, de', 'fr'],
  ['nl, de;q=0.8, fr;q=0.9', 'fr'],
  ['nl-NL,nl;q=0.9', 'en'],
  ['de;q=0.001', 'de'],
  ['de;q=0', 'en'],
  ['de;q=0, fr;q=0.1', 'fr'],
  ['de-AT, de;q=0', 'en'],
  ['de, de-AT;q=0', 'de'],
  ['de-AT;q=0, de', 'de'],
  // RFC 9110 section 12.5.4: whatever no other range is about.
  ['*', 'en'],
  ['fr;q=0.5, *', 'en'],
  ['en;q=0.5, *', 'de'],
  ['en-GB;q=0.5, *', 'de'],
  ['en;q=0, *;q=0.1', 'de'],
  ['nl, *;q=0', 'en'],
  // What cannot be read.
  ['', 'en'],
  ['de;q=2, fr', 'fr'],
  ['de;q=1.5, fr;q=0.1', 'fr'],
  ['de;q=-1, fr;q=0.1', 'fr'],
  ['de;q=0.1234, fr;q=0.1', 'fr'],
  ['de_AT, fr', 'fr'],
  ['de;level=1, fr', 'fr'],
  [';q=1, , fr', 'fr'],
  [' de ; q=1.000 , fr', 'de'],
  ['\tde\t;\tQ=0.9\t', 'de'],
])('%j is answered in %s', (header, language) => {
  expect(negotiateLanguage(header, LANGUAGES)).toBe(language);
});

test('a header of more than 1000 characters counts for nothing', () => {
  const padded = (length: number) => negotiateLanguage('de,'.padEnd(length, ' '), LANGUAGES);
  expect([padded(1000), padded(1001)]).toEqual(['de', 'en']);
});
