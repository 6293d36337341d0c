const OF_AWS = /(?:^|\.)amazonaws\.com(?:\.cn)?$/;

/**
 * A `fetch` for addresses of AWS only: whoever may invoke a function may name any address in what looks like CloudFormation's request. It
 * throws Error for any other address, and for one that is not https.
 *
 * @param standIn the origin of a stand-in for CloudFormation, which is asked too. Default: none
 */
export function fetchFromAws(standIn?: string): typeof fetch {
  return async (input, init) => {
    const { protocol, hostname, origin } = new URL(input instanceof Request ? input.url : input);
    if (origin !== standIn && (protocol !== 'https:' || !OF_AWS.test(hostname))) {
      throw new Error(
        `CloudFormation's ResponseURL must be of AWS (https, amazonaws.com), got: ${protocol}//${hostname}`,
      );
    }
    return fetch(input, { ...init, redirect: 'error' });
  };
}
