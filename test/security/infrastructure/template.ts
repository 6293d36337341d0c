import type { Stack } from 'aws-cdk-lib';
import { CfnElement } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

/** A resource of a template, with the name of its construct. */
export interface Resource {
  readonly name: string;
  readonly type: string;
  readonly properties: Properties;
}

export type Properties = Readonly<Record<string, unknown>>;

/** What lies in a value at a path of fields, or undefined. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce((inside, field) => (inside as Properties | undefined)?.[field], value);
}

/** The objects of a list, at a path of fields; of one object or nothing, too. */
export function listAt(value: unknown, ...path: string[]): Properties[] {
  return [at(value, ...path) ?? []].flat() as Properties[];
}

/** What is deployed of a stack. */
export class Deployed {
  public readonly resources: readonly Resource[];
  private readonly names: ReadonlyMap<string, string>;

  public constructor(public readonly stack: Stack) {
    const { Resources } = Template.fromStack(stack).toJSON() as {
      Resources: Record<string, { Type: string; Properties?: Properties }>;
    };
    const elements = stack.node.findAll().filter((each) => CfnElement.isCfnElement(each));
    this.names = new Map(elements.map((each) => [stack.resolve(each.logicalId) as string, shortName(each.node.path)]));
    this.resources = Object.entries(Resources).map(([id, { Type, Properties = {} }]) => ({
      name: this.names.get(id) ?? id,
      type: Type,
      properties: Properties,
    }));
  }

  /** The resources of a type, such as `EC2::SecurityGroup`. */
  public all(type: string): Resource[] {
    return this.resources.filter((each) => each.type === `AWS::${type}`);
  }

  /** What a value stands for: the name of a construct of this stack, or `theirs`, of another one. */
  public nameOf(value: unknown): string {
    if (typeof value === 'string') {
      return value;
    }
    const { Ref: ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
    return this.names.get(ref ?? attribute?.[0] ?? '') ?? 'theirs';
  }
}

/** `Tier` for `Shop/Site/Tier/SecurityGroup/Resource`. */
function shortName(path: string): string {
  return path.replace(/^.*?\/(?:Site\/)?/, '').replace(/(?:\/SecurityGroup)?(?:\/Resource)*$/, '');
}
