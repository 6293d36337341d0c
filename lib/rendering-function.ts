import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { OriginBinding } from './origin';
import { connectToOrigin, originEnvironment } from './origin-access';
import type { OriginSecret } from './origin-secret';
import { functionsHaveEgress, siteFunction, type SiteFunctionOptions, type SiteFunctionProps } from './site-function';
import { type VariantKey, variantKeyArns } from './variant-keys';

/** What a site's functions share that render pages. */
export interface RenderingFunctionProps extends SiteFunctionProps {
  /** How the origin is reached. */
  readonly origin: OriginBinding;
  /**
   * What the origin knows the site by.
   * @default - nothing
   */
  readonly originSecret?: OriginSecret;
  /**
   * What the values of signed variants are signed with.
   * @default - none is signed
   */
  readonly variantKeys?: VariantKey[];
}

// What each of them does, and why it is let out to the origin.
const DESCRIPTIONS = {
  'fill-function': ['Renders and stores missed pages of the site', 'renderings of missed pages'],
  purge: ['Purges pages of the site', 'purges that render pages again'],
  warm: ['Warms pages of the site', 'warming pages'],
} as const;

/** Makes a function that works with the pages themselves, and renders them where `whyNoRendering` says nothing. */
export function renderingFunction(
  scope: Construct,
  bundle: keyof typeof DESCRIPTIONS,
  props: RenderingFunctionProps,
  options: SiteFunctionOptions = {},
): lambda.Function {
  const { origin, originSecret, variantKeys = [] } = props;
  const [description, toOrigin] = DESCRIPTIONS[bundle];
  if (whyNoRendering(props) !== undefined) {
    return siteFunction(scope, bundle, description, props, options);
  }
  const environment = {
    ...originEnvironment(origin, originSecret),
    // Nothing puts a secret's value into a function but its environment, which more people may read: it asks by itself.
    ...(originSecret && { NMS_ORIGIN_SECRET_ARN: originSecret.secret.secretArn }),
    ...variantKeyArns(variantKeys),
  };
  const made = siteFunction(scope, bundle, description, props, { ...options, environment });
  originSecret?.secret.grantRead(made);
  variantKeys.forEach(({ secret }) => secret.grantRead(made));
  connectToOrigin(origin, made, toOrigin);
  return made;
}

/** Why pages cannot be rendered where a site's functions run; nothing where they can. */
export function whyNoRendering({
  vpc,
  origin,
  originSecret,
  variantKeys = [],
}: RenderingFunctionProps): string | undefined {
  if (functionsHaveEgress(vpc)) {
    return undefined;
  }
  if (origin.connectable === undefined || origin.internetFacing) {
    return 'functions in isolated subnets cannot reach an origin outside of the VPC, or behind an internet-facing load balancer; give the VPC private subnets with egress, or the site an internal origin';
  }
  if (originSecret !== undefined) {
    return `${NO_SECRETS}, where originSecret is, without which the origin does not answer them; ${A_WAY_OUT}`;
  }
  return variantKeys.length === 0
    ? undefined
    : `${NO_SECRETS}, where the keys of signed variants are, without which their pages cannot be rendered; ${A_WAY_OUT}`;
}

const NO_SECRETS = 'functions in isolated subnets cannot reach Secrets Manager';
const A_WAY_OUT = 'give the VPC private subnets with egress';
