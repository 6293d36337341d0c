const OF_AWS = /(?:^|\.)amazonaws\.com(?:\.cn)?$/;

/**
 * `fetch`, for addresses of AWS only: whoever may invoke a function may name any address in what looks like CloudFormation's request.
 *
 * @throws Error for any other address, and for one that is not https.
 */
export const fetchFromAws: typeof fetch = async (input, init) => {
  const { protocol, hostname } = new URL(input instanceof Request ? input.url : input);
  if (protocol !== 'https:' || !OF_AWS.test(hostname)) {
    throw new Error(
      `CloudFormation's ResponseURL must be of AWS (https, amazonaws.com), got: ${protocol}//${hostname}`,
    );
  }
  return fetch(input, { ...init, redirect: 'error' });
};
