/** What vendors publish about their own purges: not measured here, and over a whole network of theirs. */
export const PUBLISHED_FIGURES: readonly (readonly [vendor: string, figure: string])[] = [
  ['Fastly, Instant Purge', 'about 150 ms, the global average'],
  ['Amazon CloudFront, invalidation', 'in effect in under 5 s, complete in 25 s (P95)'],
];
