import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { siteFunction, type SiteFunctionProps } from './site-function';

/** The function that purges pages: `{ "urls": ["https://www.example.com/news"] }` or `{ "everything": true }`. */
export class PagePurger extends Construct {
  /** The function. */
  public readonly handler: lambda.IFunction;

  public constructor(scope: Construct, id: string, props: SiteFunctionProps) {
    super(scope, id);
    this.handler = siteFunction(this, 'purge', 'Purges pages of the site', props);
  }

  /** Lets somebody purge: to invoke this function, and nothing else. */
  public grantPurge(grantee: iam.IGrantable): iam.Grant {
    return this.handler.grantInvoke(grantee);
  }
}
