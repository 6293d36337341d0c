import type { NginxDeployment } from './deployment';

/** nginx's logs, but for hits: of each hundred requests so many as the deployment says. */
export function logs(deployment: NginxDeployment): string {
  const { errorLog, loggedHits = 100, loggedOthers = 100 } = deployment;
  return `${sample('hit_is_logged', loggedHits)}${sample('other_is_logged', loggedOthers)}${accessLog(deployment, 'other_is_logged', loggedOthers)}error_log ${errorLog} warn;
`;
}

/** The log of what is answered where hits are. */
export function hitLog(deployment: NginxDeployment): string {
  return accessLog(deployment, 'hit_is_logged', deployment.loggedHits ?? 100);
}

function accessLog(deployment: NginxDeployment, variable: string, percent: number): string {
  if (percent === 0) {
    return 'access_log off;\n';
  }
  return `access_log ${deployment.accessLog} site${isSample(percent) ? ` if=$${variable}` : ''};\n`;
}

/** By what differs from request to request and costs little: an id of nginx's own would cost random bytes. */
function sample(variable: string, percent: number): string {
  return isSample(percent)
    ? `split_clients "$msec-$connection-$connection_requests" $${variable} {
  ${percent}% 1;
  * "";
}
`
    : '';
}

function isSample(percent: number): boolean {
  return percent > 0 && percent < 100;
}
