import { Template } from 'aws-cdk-lib/assertions';
import { costOf, costText } from '../../bin/cost/cost';
import { partsOf, type Template as StackTemplate } from '../../bin/cost/parts';
import { cloudFrontUsesOf, type Traffic, usesOf } from '../../bin/cost/traffic';
import { PageCache, TierArchitecture, TierCapacity } from '../../lib/index';
import { newSite, newStack } from '../lib/site-template';

const TRAFFIC: Traffic = { requests: 1e6, hitRatio: 0.9, pageKilobytes: 25, tags: 1 };

function templateWith(props: Parameters<typeof newSite>[0] = {}): StackTemplate {
  const stack = newStack();
  newSite(props, stack);
  return Template.fromStack(stack).toJSON() as StackTemplate;
}
const sumOf = (rows: readonly { readonly dollars: number | undefined }[]) =>
  rows.reduce((all, { dollars }) => all + (dollars ?? 0), 0);
const idle = (props: Parameters<typeof newSite>[0] = {}) => partsOf(templateWith(props));

test('a site with every default costs about 60 dollars a month, and its parts are those of its template', () => {
  const parts = idle();
  expect(parts.map(({ part }) => part)).toEqual(
    expect.arrayContaining([
      '1 load balancer',
      '2 tasks of Fargate (ARM, 0.25 vCPU, 1 GiB)',
      '1 node of Memcached (cache.t4g.micro)',
      '4 public addresses',
    ]),
  );
  expect(sumOf(parts)).toBeGreaterThan(55);
  expect(sumOf(parts)).toBeLessThan(65);
});

test('what the props change, the costs change', () => {
  expect(sumOf(idle({ desiredCount: 1 }))).toBeLessThan(sumOf(idle()));
  expect(sumOf(idle({ architecture: TierArchitecture.X86_64 }))).toBeGreaterThan(sumOf(idle()));
  const larger = idle({ cache: PageCache.cluster({ nodeType: 'cache.m7g.large', nodes: 3 }) });
  expect(larger).toContainEqual({ part: '3 nodes of Memcached (cache.m7g.large)', dollars: 3 * 0.158 * 730 });
  expect(
    idle({ scaling: { minTasks: 3, maxTasks: 9 } })
      .map(({ part }) => part)
      .join(),
  ).toContain('3 tasks of Fargate');
});

test('what has no price here is said, and not left out', () => {
  const unknown = { part: '1 node of Memcached (cache.r6g.4xlarge)', dollars: undefined };
  expect(idle({ cache: PageCache.cluster({ nodeType: 'cache.r6g.4xlarge' }) })).toContainEqual(unknown);
  const onInstances = costOf(templateWith({ tier: TierCapacity.ec2() }), TRAFFIC);
  expect(costText(onInstances)).toMatch(/instances of an auto scaling group +not known/);
  expect(costText(onInstances)).toMatch(/together +\$ +[\d.]+ and what is not known/);
  expect(costText(onInstances)).toMatch(/\d NAT gateways? /);
});

test('a million fills cost what DynamoDB takes for them', () => {
  const fills = (tags: number) =>
    usesOf({ ...TRAFFIC, hitRatio: 0, tags }).find(({ use }) => use.startsWith('DynamoDB'));
  expect(fills(0)?.dollars).toBeCloseTo(1.25);
  expect(fills(3)?.dollars).toBeCloseTo(3.125);
});

test('data out is paid here and at CloudFront, and only what is above the free part', () => {
  const out = (uses: readonly { use: string; dollars: number }[]) =>
    uses.find(({ use }) => use.includes('data out'))?.dollars;
  expect(out(usesOf(TRAFFIC))).toBe(0);
  const much = { ...TRAFFIC, requests: 100e6 };
  expect(out(usesOf(much))).toBeCloseTo((2500 - 100) * 0.09);
  expect(out(cloudFrontUsesOf(much))).toBeCloseTo((2500 - 1000) * 0.085);
});

test('more hits cost less', () => {
  expect(sumOf(usesOf({ ...TRAFFIC, hitRatio: 0.99 }))).toBeLessThan(sumOf(usesOf({ ...TRAFFIC, hitRatio: 0.5 })));
});
