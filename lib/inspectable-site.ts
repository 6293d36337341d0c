import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { PageInspector } from './page-inspector';
import { MonitoredSite } from './site-monitoring';

/** What says what a site's store holds. */
export abstract class InspectableSite extends MonitoredSite {
  /** The function that looks into the store. */
  public abstract readonly inspector: PageInspector;

  /**
   * The function that looks into the store and changes nothing: `{ "inspect": { "url": "https://www.example.com/news" } }`,
   * `{ "pages": {} }`, `{ "status": {} }` or `{ "purges": {} }`.
   */
  public get inspectFunction(): lambda.IFunction {
    return this.inspector.handler;
  }

  /** Lets somebody look into the store: to invoke `inspectFunction`, and nothing else. */
  public grantInspect(grantee: iam.IGrantable): iam.Grant {
    return this.inspector.grantInspect(grantee);
  }
}
