import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Match } from 'aws-cdk-lib/assertions';
import { Stack } from 'aws-cdk-lib';
import { PageCache } from '../../lib/index';
import { newSite, newStack, templateOf } from './site-template';

interface Statement {
  readonly Action: string | string[];
  readonly Effect: string;
  readonly Resource: unknown;
}

interface Output {
  readonly Description?: string;
  readonly Value: { readonly 'Fn::Join': [string, (string | object)[]] };
}

/** The text of an output, with the logical ids of what is known at deployment in its place. */
function textOf({ Value }: Output): string {
  return Value['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : idOf(part))).join('');
}

function idOf(reference: object): string {
  const [target] = Object.values(reference) as (string | [string, string])[];
  return typeof target === 'string' ? target : String(target?.join('.'));
}

const outputsOf = (site: ReturnType<typeof newSite>) =>
  Object.values(templateOf(site).findOutputs('*') as Record<string, Output>).filter(
    ({ Description }) => Description?.startsWith('By what npx nginx-memcache-site') === true,
  );

test('the function that looks may read the table, and nothing of it may write or delete', () => {
  const site = newSite();
  const template = templateOf(site);
  const roleId = Stack.of(site).getLogicalId(site.inspector.handler.role?.node.defaultChild as never);
  const policies = Object.values(
    template.findResources('AWS::IAM::Policy', { Properties: { Roles: [{ Ref: roleId }] } }),
  ) as { Properties: { PolicyDocument: { Statement: Statement[] } } }[];
  const actions = policies
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action }) => Action)
    .filter((action) => action.startsWith('dynamodb:'));
  expect(actions.sort()).toEqual(['dynamodb:BatchGetItem', 'dynamodb:DescribeTable', 'dynamodb:Query']);
});

test('whoever may look may invoke the function, and nothing else', () => {
  const stack = newStack();
  const site = newSite({}, stack);
  const user = new iam.User(stack, 'Ann');
  site.grantInspect(user);
  templateOf(site).hasResourceProperties('AWS::IAM::Policy', {
    Users: [{ Ref: Match.stringLikeRegexp('^Ann') }],
    PolicyDocument: { Statement: [Match.objectLike({ Action: 'lambda:InvokeFunction', Effect: 'Allow' })] },
  });
});

test('the stack says for each site by what the command line finds it', () => {
  const stack = newStack();
  const site = newSite({ siteName: 'shop', vpc: new ec2.Vpc(stack, 'Vpc') }, stack);
  newSite({ siteName: 'blog', cache: PageCache.nodes(['cache.internal:11211']) }, stack, 'Blog');
  expect(site.warmFunction).toBeDefined();
  const told = outputsOf(site).map((output) => JSON.parse(textOf(output)) as Record<string, unknown>);
  const [shop, blog] = ['shop', 'blog'].map((name) => told.find(({ site: found }) => found === name));
  expect(shop).toEqual({
    nginxMemcacheSite: 1,
    site: 'shop',
    functions: {
      inspect: stack.getLogicalId(site.inspector.handler.node.defaultChild as never),
      purge: stack.getLogicalId(site.purger.events.handler.node.defaultChild as never),
      write: stack.getLogicalId(site.writer.handler.node.defaultChild as never),
      warm: stack.getLogicalId(site.warmer.handler.node.defaultChild as never),
    },
    table: stack.getLogicalId(site.pageIndex.table.node.defaultChild as never),
    loadBalancer: `${stack.getLogicalId(site.loadBalancer.node.defaultChild as never)}.DNSName`,
    cluster: expect.stringMatching(/^SitePageCache/) as string,
  });
  expect(blog).not.toHaveProperty('cluster');
  expect(blog?.functions).not.toHaveProperty('warm');
});
