import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { isSecretHeader } from './origin-secret';

/** The CloudFront distribution before the load balancer, which answers nobody else. */
export interface CloudFrontAccess {
  /**
   * Where CloudFront comes from: the managed prefix list `com.amazonaws.global.cloudfront.origin-facing` of the site's region,
   * from `ec2.PrefixList.fromLookup()` or `.fromPrefixListId()`. It counts for 55 of the 60 rules that a security group may
   * have.
   */
  readonly prefixList: ec2.IPrefixList;
  /**
   * What the distribution is known by, since anybody can make one: a plain value that it sends with each request, of letters
   * and digits (to load balancers `*` and `?` match others), 128 at most. Those who may describe the listener's rules can
   * read it.
   */
  readonly secret: secretsmanager.ISecret;
  /**
   * The secret before this one, which is taken, too, while the new one spreads over CloudFront's locations.
   * @default - none
   */
  readonly previousSecret?: secretsmanager.ISecret;
  /**
   * The header of the secret, 40 characters at most.
   * @default 'X-Origin-Verify'
   */
  readonly secretHeader?: string;
}

/** What CloudFront says of the visitor's scheme. The load balancer's own word is about CloudFront's connection. */
export const CLOUDFRONT_SCHEME = { name: 'CloudFront-Forwarded-Proto', value: 'https' };

const DEFAULT_HEADER = 'X-Origin-Verify';

// What PrefixList.fromLookup() says at first: CDK looks up what an app asks for when it has run without an error.
const NOT_LOOKED_UP = 'pl-xxxxxxxx';

/**
 * Checks who is let in.
 *
 * @throws Error for what is no prefix list, and for a header that no secret can travel in.
 */
export function checkCloudFrontAccess(
  path: string,
  { prefixList, secretHeader = DEFAULT_HEADER }: CloudFrontAccess,
): void {
  const { prefixListId } = prefixList;
  if (!Token.isUnresolved(prefixListId) && !/^pl-[0-9a-f]+$/.test(prefixListId) && prefixListId !== NOT_LOOKED_UP) {
    throw new Error(`${path}: cloudFront.prefixList must have an ID such as pl-3b927c52, got: '${prefixListId}'`);
  }
  // What CloudFront does not send, and where load balancers draw the line.
  if (!isSecretHeader(secretHeader) || /^x-(?:amz|edge)-/i.test(secretHeader) || secretHeader.length > 40) {
    throw new Error(
      `${path}: cloudFront.secretHeader must be a header's name of letters, digits and -, 40 at most, which requests do not have otherwise, got: '${secretHeader}'`,
    );
  }
}

/** Lets CloudFront alone connect to a listener. */
export function admitCloudFront(listener: elbv2.ApplicationListener, { prefixList }: CloudFrontAccess): void {
  listener.connections.allowDefaultPortFrom(prefixList, 'CloudFront');
}

/** What a request is answered with that does not come from the distribution. */
export function refusal(): elbv2.ListenerAction {
  return elbv2.ListenerAction.fixedResponse(403, { contentType: 'text/plain', messageBody: 'Forbidden\n' });
}

/** The rule by which the distribution's requests reach the tasks. */
export function fromCloudFront({
  secret,
  previousSecret,
  secretHeader = DEFAULT_HEADER,
}: CloudFrontAccess): elbv2.AddRuleProps {
  const secrets = previousSecret === undefined ? [secret] : [secret, previousSecret];
  // A dynamic reference, which CloudFormation resolves: the value is in no template.
  const values = secrets.map(({ secretValue }) => secretValue.unsafeUnwrap());
  return { priority: 1, conditions: [elbv2.ListenerCondition.httpHeader(secretHeader, values)] };
}
