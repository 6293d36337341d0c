import type { View } from '../core/fill-tools';
import type { Environment } from '../environment';
import { checkVariantKey, type VariantKeys } from '../variant-keys';
import { readOriginSecret } from './origin-secret';
import { originView, type OriginViewOptions } from './origin-view';
import { readSecretText } from './secret-text';

type RenderingEnvironment = Pick<Environment, 'site' | 'originHostHeader' | 'originSecretAt' | 'variantKeysAt'>;

/** The origin's view in a function, made when it is needed first: secrets are read once. */
export function functionView(
  { site: config, originHostHeader, originSecretAt, variantKeysAt }: RenderingEnvironment,
  origin: string,
  options: Pick<OriginViewOptions, 'mostBytes' | 'keepAlive'> = {},
): View {
  let made: Promise<View> | undefined;
  const make = async () => {
    const originSecret = originSecretAt && (await readOriginSecret(originSecretAt));
    const variantKeys = await keysAt(variantKeysAt);
    return originView({ config, origin, originHostHeader, originSecret, variantKeys, ...options }).view;
  };
  return async (...asked) => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return (await made)(...asked);
  };
}

async function keysAt(arns: VariantKeys): Promise<VariantKeys> {
  const keys = Object.entries(arns).map(async ([name, arn]) => [name, checkVariantKey(arn, await readSecretText(arn))]);
  return Object.fromEntries(await Promise.all(keys)) as VariantKeys;
}
