import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { PageVariant } from './page-variant';
import { variantKeyVariable } from './site/variant-signing';

/** What a variant's values are signed with. */
export interface VariantKey {
  /** The variant's name. */
  readonly variant: string;
  /** Holds the key, as plain text. */
  readonly secret: secretsmanager.ISecret;
}

/** The keys of those variants that have one. */
export function variantKeysOf(variants: readonly PageVariant[] = []): VariantKey[] {
  return variants.map((variant) => variant._signing()).filter((key) => key !== undefined);
}

/** The variables in which tasks get the keys. */
export function variantKeySecrets(keys: readonly VariantKey[]): Record<string, ecs.Secret> {
  return Object.fromEntries(
    keys.map(({ variant, secret }) => [variantKeyVariable('KEY', variant), ecs.Secret.fromSecretsManager(secret)]),
  );
}

/** The variables that tell a function where the keys lie: nothing puts a secret's value into a function but its environment. */
export function variantKeyArns(keys: readonly VariantKey[]): Record<string, string> {
  return Object.fromEntries(keys.map(({ variant, secret }) => [variantKeyVariable('ARN', variant), secret.secretArn]));
}
