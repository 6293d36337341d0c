import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

// What AWSLambdaVPCAccessExecutionRole has besides logs. Lambda refuses a function whose role cannot do all of it.
const NETWORK = [
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Makes the role of a function: it writes its own log and no other, as AWS's managed policies would let it. */
export function functionRole(scope: Construct, logGroup: logs.ILogGroup, isInVpc: boolean): iam.Role {
  const log = allow(logGroup.logGroupArn, 'logs:CreateLogStream', 'logs:PutLogEvents');
  const role = new iam.Role(scope, 'Role', {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: {
      Log: new iam.PolicyDocument({ statements: [log] }),
      ...(isInVpc && { Network: new iam.PolicyDocument({ statements: [allow('*', ...NETWORK)] }) }),
    },
  });
  if (isInVpc) {
    acknowledge(
      role,
      'IAM5[Resource::*]',
      'Lambda connects the function to the VPC with its role, by network interfaces that have no names before they are there; the code of the function is denied the same actions.',
    );
  }
  return role;
}

function allow(resource: string, ...actions: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions, resources: [resource] });
}

/**
 * Denies the code of a function what Lambda itself does with its role: of such calls alone AWS knows the function
 * (`lambda:SourceFunctionArn`).
 */
export function denyNetworkToCode(scope: Construct, role: iam.IRole, handler: lambda.IFunction): void {
  const statement = new iam.PolicyStatement({
    effect: iam.Effect.DENY,
    actions: NETWORK,
    resources: ['*'],
    conditions: { ArnEquals: { 'lambda:SourceFunctionArn': handler.functionArn } },
  });
  // Not the role's own policy, for which the function waits.
  new iam.Policy(scope, 'NetworkOfCode', { roles: [role], statements: [statement] });
}
