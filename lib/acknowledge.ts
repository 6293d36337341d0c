import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Writes down why a rule of cdk-nag's AwsSolutions pack does not hold for a construct, for users who check their apps with
 * it. The library needs no cdk-nag for that.
 *
 * @param rule without its pack, with the finding where it has some: `IAM5[Resource::*]`.
 * @param reason a sentence for an auditor.
 */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/**
 * The same for a resource of a policy that ends in a wildcard, of which names are known only when the app is synthesized.
 */
export function acknowledgeWildcard(construct: IConstruct, resource: string, reason: string): void {
  construct.node.addValidation({
    validate: () => {
      acknowledge(construct, `IAM5[Resource::${flat(Stack.of(construct).resolve(resource))}]`, reason);
      return [];
    },
  });
}

/** How cdk-nag writes a resource down: as a text, with what is known at deployment in angle brackets. */
function flat(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
  if (typeof ref === 'string') {
    return `<${ref}>`;
  }
  if (Array.isArray(attribute)) {
    return `<${attribute.join('.')}>`;
  }
  if (Array.isArray(join)) {
    const [delimiter, items] = join as [string, unknown[]];
    return items.map(flat).join(delimiter);
  }
  return JSON.stringify(value);
}
