import { Aspects } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

/** Has X-Ray trace every function below a construct, also those that are made later. */
export function traceFunctions(scope: Construct): void {
  Aspects.of(scope).add({
    visit: (node) => {
      const resource = node.node.defaultChild;
      if (!(node instanceof lambda.Function) || !(resource instanceof lambda.CfnFunction)) {
        return;
      }
      resource.tracingConfig = { mode: 'Active' };
      node.addToRolePolicy(
        new iam.PolicyStatement({
          actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
          resources: ['*'],
        }),
      );
      if (node.role === undefined) {
        return;
      }
      acknowledge(
        node.role,
        'IAM5[Resource::*]',
        "X-Ray's two actions of writing know no resources; they read nothing.",
      );
    },
  });
}
