import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** A rule that a construct says does not hold for it, and why. */
export interface Acknowledged {
  readonly where: string;
  readonly id: string;
  readonly reason: string;
}

/** cdk-nag's AwsSolutions pack without what is acknowledged: every finding, as `path: rule`, and all that would answer it. */
export class Findings extends AwsSolutionsChecks {
  /** What is found by rules that nobody has acknowledged. */
  public readonly open: string[] = [];
  /** What has been acknowledged, and is found. */
  public readonly needed = new Set<string>();

  public constructor(private readonly scope: IConstruct) {
    super(scope);
    // It is private; to override it here is the one way to learn which acknowledgement a finding needs.
    Object.defineProperty(this, 'isAcknowledged', { value: this.look.bind(this) });
    this.validateScope(scope);
  }

  private look(resource: IConstruct, id: string): boolean {
    const answers = acknowledgedIn(resource.node.scopes).filter((each) => each.id === id);
    answers.forEach((each) => this.needed.add(nameOf(each)));
    if (answers.length === 0) {
      this.open.push(nameOf({ where: resource.node.path, id }));
    }
    return answers.length > 0;
  }

  /** What is acknowledged without a finding. */
  public unneeded(): string[] {
    return acknowledgedIn(this.scope.node.findAll())
      .map(nameOf)
      .filter((name) => !this.needed.has(name));
  }
}

/** What constructs acknowledge of this pack. */
export function acknowledgedIn(constructs: readonly IConstruct[]): Acknowledged[] {
  return constructs.flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .map(([key, reason]) => ({ where: node.path, id: key.replace(/^annotation::/i, ''), reason }))
      .filter(({ id }) => id.startsWith('AwsSolutions-')),
  );
}

function nameOf({ where, id }: Pick<Acknowledged, 'where' | 'id'>): string {
  return `${where}: ${id}`;
}
