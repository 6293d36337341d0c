import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { siteFunction, type SiteFunctionProps } from './site-function';

/** The function that stores pushed pages: `{ "pages": [{ "url": "https://www.example.com/news", "body": "…" }] }`. */
export class PageWriter extends Construct {
  /** The function. */
  public readonly handler: lambda.IFunction;

  public constructor(scope: Construct, id: string, props: SiteFunctionProps) {
    super(scope, id);
    this.handler = siteFunction(this, 'write', 'Stores pages of the site', props);
  }

  /** Lets somebody push pages: to invoke this function, and nothing else. */
  public grantWrite(grantee: iam.IGrantable): iam.Grant {
    return this.handler.grantInvoke(grantee);
  }
}
