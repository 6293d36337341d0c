import { Token } from 'aws-cdk-lib';

/**
 * Checks that URLs, or hosts, are of a site: its functions would refuse others, or do nothing for them, out of sight.
 *
 * @param where the construct and the method that they were given to.
 * @param hosts the site's. Without any, it takes every host.
 * @throws Error naming the first that is of another host. What is known only at deployment is not looked at.
 */
export function checkHosts(where: string, field: string, urls: readonly string[], hosts: readonly string[]): void {
  const foreign = urls.find((url) => !Token.isUnresolved(url) && !hosts.includes(hostOf(url)));
  if (hosts.length > 0 && foreign !== undefined) {
    throw new Error(`${where}: ${field} must have one of the site's hosts (${hosts.join(', ')}), got: '${foreign}'`);
  }
}

function hostOf(text: string): string {
  const url = /^https?:\/\//i.test(text) ? text : `http://${text}`;
  return URL.canParse(url) ? new URL(url).hostname : text;
}
