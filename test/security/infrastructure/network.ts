import { at, type Deployed, listAt, type Properties } from './template';

/** Who is let in and out by security groups, as `who -> where: port`, in order. */
export function waysIn(deployed: Deployed): string[] {
  const rules = rulesOf(deployed, 'Ingress');
  return rules.map(([group, rule]) => `${peerOf(deployed, rule, 'Source')} -> ${group}: ${portOf(rule)}`).sort();
}

/** Where security groups let out. */
export function waysOut(deployed: Deployed): string[] {
  return rulesOf(deployed, 'Egress')
    .filter(([, rule]) => !isNowhere(rule))
    .map(([group, rule]) => `${group} -> ${peerOf(deployed, rule, 'Destination')}: ${portOf(rule)}`)
    .sort();
}

/** Security groups that let out everything: without a rule AWS lets out all. */
export function groupsWithoutEgress(deployed: Deployed): string[] {
  const limited = rulesOf(deployed, 'Egress').map(([group]) => group);
  return deployed
    .all('EC2::SecurityGroup')
    .map(({ name }) => name)
    .filter((name) => !limited.includes(name));
}

/** What has a public address, or may get one. */
export function publicAddresses(deployed: Deployed): string[] {
  const isPublic = ({ properties }: { properties: Properties }) =>
    at(properties, 'NetworkConfiguration', 'AwsvpcConfiguration', 'AssignPublicIp') === 'ENABLED' ||
    at(properties, 'MapPublicIpOnLaunch') === true ||
    at(properties, 'Scheme') === 'internet-facing' ||
    at(properties, 'PubliclyAccessible') === true ||
    listAt(properties, 'LaunchTemplateData', 'NetworkInterfaces').some(
      (each) => each.AssociatePublicIpAddress === true,
    );
  return deployed.resources.filter(isPublic).map(({ name }) => name);
}

function rulesOf(deployed: Deployed, way: 'Ingress' | 'Egress'): [string, Properties][] {
  const inside = deployed
    .all('EC2::SecurityGroup')
    .flatMap(({ name, properties }) =>
      listAt(properties, `SecurityGroup${way}`).map((rule): [string, Properties] => [name, rule]),
    );
  const beside = deployed
    .all(`EC2::SecurityGroup${way}`)
    .map(({ properties }): [string, Properties] => [deployed.nameOf(properties.GroupId), properties]);
  return [...inside, ...beside];
}

function peerOf(deployed: Deployed, rule: Properties, side: 'Source' | 'Destination'): string {
  const peer = rule.CidrIp ?? rule.CidrIpv6 ?? rule[`${side}PrefixListId`] ?? rule[`${side}SecurityGroupId`];
  return peer === '0.0.0.0/0' ? 'anywhere' : deployed.nameOf(peer);
}

function portOf({ IpProtocol, FromPort, ToPort }: Properties): string {
  return IpProtocol === 'tcp' && FromPort === ToPort ? String(FromPort) : [IpProtocol, FromPort, ToPort].join(' ');
}

/** How CDK says that nothing is let out. */
function isNowhere({ CidrIp, IpProtocol }: Properties): boolean {
  return CidrIp === '255.255.255.255/32' && IpProtocol === 'icmp';
}
