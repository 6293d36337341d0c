import { secretsInSight, unprotected } from './infrastructure/encryption';
import { acknowledgedIn, Findings } from './infrastructure/nag';
import { groupsWithoutEgress, publicAddresses, waysIn, waysOut } from './infrastructure/network';
import { resourceStatements, roleStatements, trustStatements, wideActions } from './infrastructure/policies';
import { REACH, type Reach } from './infrastructure/reach';
import * as stacks from './infrastructure/stacks';
import { at, Deployed } from './infrastructure/template';

const made: Record<string, Deployed> = {};
beforeAll(async () => {
  for (const [name, make] of Object.entries(stacks)) {
    made[name] = new Deployed((await make()).stack);
  }
});

// Each with what keeps it from being named.
const NAMELESS: Readonly<Record<string, string>> = {
  'codepipeline:PutJobFailureResult': 'knows no resources; a job is known to the function that was given its id',
  'codepipeline:PutJobSuccessResult': 'the same',
  'dynamodb:ListStreams': 'knows no resources',
  'ec2:AssignPrivateIpAddresses': "Lambda's, of interfaces that are not there yet; denied to the function's code",
  'ec2:CreateNetworkInterface': 'the same',
  'ec2:DeleteNetworkInterface': 'the same',
  'ec2:DescribeNetworkInterfaces': 'knows no resources',
  'ec2:DescribeSubnets': 'knows no resources',
  'ec2:UnassignPrivateIpAddresses': "Lambda's, of interfaces that are not there yet; denied to the function's code",
  'ecr:GetAuthorizationToken': 'a token is no resource',
  'ecs:DiscoverPollEndpoint': 'knows no resources',
  'ecs:Poll': "of the cluster's own instances, which ECS names when they join",
  'ecs:StartTelemetrySession': 'the same',
  's3:GetObject': "of a bucket's objects below the rule's prefix",
  's3:GetObjectTagging': 'the same',
  'xray:PutTelemetryRecords': 'knows no resources; writes only, where the site is traced',
  'xray:PutTraceSegments': 'the same',
};

test('no policy allows more than can be named, but for actions that know no names', () => {
  const statements = Object.values(made).flatMap(roleStatements);

  expect(statements.length).toBeGreaterThan(50);
  expect(wideActions(statements)).toEqual(Object.keys(NAMELESS));
  expect(statements.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([]);
});

describe.each(Object.keys(stacks))('the stack of %s', (name) => {
  const deployed = () => made[name] as Deployed;

  describe('in its network', () => {
    const { inside, fromOutside, toAnywhere, publicAddresses: addresses } = REACH[name] as Reach;

    test('lets in what is in the table, and nobody from outside but to the load balancer', () => {
      expect(waysIn(deployed())).toEqual([...inside, fromOutside].sort());
    });

    test('lets out what is in the table', () => {
      expect(waysOut(deployed())).toEqual([...inside, ...toAnywhere].sort());
      expect(groupsWithoutEgress(deployed())).toEqual([]);
    });

    test('has public addresses only where the table says', () => {
      expect(publicAddresses(deployed()).sort()).toEqual(addresses);
      expect(deployed().all('Lambda::Url')).toEqual([]);
    });
  });

  describe('in its policies', () => {
    test('lets no other account, and no service for somebody else, use what it has', () => {
      const open = resourceStatements(deployed())
        .filter(({ effect, conditions }) => effect === 'Allow' && conditions === undefined)
        .map(({ name: resource, actions }) => `${resource}: ${actions.join(', ')}`);

      expect(open).toEqual([]);
    });

    test('lets AWS services assume its roles, and nobody else', () => {
      for (const { name: role, principal } of trustStatements(deployed())) {
        expect([role, principal]).toEqual([role, { Service: expect.stringMatching(/\.amazonaws\.com$/) as string }]);
      }
      expect(
        deployed()
          .all('IAM::Role')
          .filter(({ properties }) => 'ManagedPolicyArns' in properties),
      ).toEqual([]);
    });

    test('denies the code of functions what Lambda does with their roles to connect them to the VPC', () => {
      const ofNetwork = roleStatements(deployed()).filter(({ actions }) =>
        actions.includes('ec2:CreateNetworkInterface'),
      );
      const [allowed, denied] = ['Allow', 'Deny'].map((effect) => ofNetwork.filter((each) => each.effect === effect));
      const inVpc = deployed()
        .all('Lambda::Function')
        .filter(({ properties }) => 'VpcConfig' in properties);

      expect(allowed).toHaveLength(inVpc.length);
      expect(denied?.map(({ actions }) => actions)).toEqual(allowed?.map(({ actions }) => actions));
      const sources = denied?.map(({ conditions }) =>
        deployed().nameOf(at(conditions, 'ArnEquals', 'lambda:SourceFunctionArn')),
      );
      expect(sources?.sort()).toEqual(inVpc.map((each) => each.name).sort());
    });
  });

  test('encrypts what it stores and sends, where AWS can', () => {
    expect(unprotected(deployed())).toEqual([]);
  });

  test('has no secret in an environment', () => {
    expect(secretsInSight(deployed())).toEqual([]);
  });

  describe('by the AwsSolutions pack of cdk-nag', () => {
    test('has no finding but those that the library gives a reason for', () => {
      expect(new Findings(deployed().stack).open).toEqual([]);
    });

    test('has a finding for each reason that the library gives, which is a sentence', () => {
      const reasons = acknowledgedIn(deployed().stack.node.findAll()).map(({ reason }) => reason);

      expect(new Findings(deployed().stack).unneeded()).toEqual([]);
      expect(reasons.length).toBeGreaterThan(5);
      expect(reasons.filter((reason) => !/^[A-Zcde][^\n]{30,}\.$/.test(reason))).toEqual([]);
    });
  });
});

test('secrets are in a template only as references, and only where load balancers compare them', () => {
  const references = made.everything?.resources.filter(({ properties }) =>
    /resolve:(?:secretsmanager|ssm)/.test(JSON.stringify(properties)),
  );

  expect(references?.map(({ type }) => type)).toEqual(['AWS::ElasticLoadBalancingV2::ListenerRule']);
});
