import { type Deployed, listAt, type Properties } from './template';

/** A statement of a policy, and whose it is. */
export interface Statement {
  readonly name: string;
  readonly effect: string;
  readonly actions: readonly string[];
  /** Each as JSON: of what is known at deployment, too, a wildcard is in the text. */
  readonly resources: readonly string[];
  readonly principal: unknown;
  readonly conditions: Properties | undefined;
}

/** What roles may do. */
export function roleStatements(deployed: Deployed): Statement[] {
  return [
    ...deployed.all('IAM::Policy').flatMap(({ name, properties }) => statementsOf(name, properties.PolicyDocument)),
    ...deployed
      .all('IAM::ManagedPolicy')
      .flatMap(({ name, properties }) => statementsOf(name, properties.PolicyDocument)),
    ...deployed
      .all('IAM::Role')
      .flatMap(({ name, properties }) =>
        listAt(properties, 'Policies').flatMap((policy) => statementsOf(name, policy.PolicyDocument)),
      ),
  ];
}

/** Who may assume roles. */
export function trustStatements(deployed: Deployed): Statement[] {
  return deployed
    .all('IAM::Role')
    .flatMap(({ name, properties }) => statementsOf(name, properties.AssumeRolePolicyDocument));
}

/** What resources let others do: of queues, topics, buckets, secrets, keys and functions. */
export function resourceStatements(deployed: Deployed): Statement[] {
  const documents = deployed.resources
    .filter(({ type }) => !type.startsWith('AWS::IAM::'))
    .flatMap(({ name, properties }) =>
      [properties.PolicyDocument, properties.ResourcePolicy, properties.KeyPolicy].flatMap((document) =>
        document === undefined ? [] : statementsOf(name, document),
      ),
    );
  const permissions = deployed.all('Lambda::Permission').map(({ name, properties }) => ({
    name,
    effect: 'Allow',
    actions: [properties.Action as string],
    resources: [JSON.stringify(properties.FunctionName)],
    principal: properties.Principal,
    conditions: (properties.SourceArn ?? properties.SourceAccount) ? { SourceArn: properties.SourceArn } : undefined,
  }));
  return [...documents, ...permissions];
}

/** Actions that are allowed on more than what can be named: on everything, or on all that begins alike. */
export function wideActions(statements: readonly Statement[]): string[] {
  const wide = statements.filter(({ effect, resources }) => {
    return effect === 'Allow' && resources.some((resource) => resource.includes('*'));
  });
  return [...new Set(wide.flatMap(({ actions }) => actions))].sort();
}

function statementsOf(name: string, document: unknown): Statement[] {
  return listAt(document, 'Statement').map((statement) => ({
    name,
    effect: statement.Effect as string,
    actions: [statement.Action].flat() as string[],
    resources: listAt(statement, 'Resource').map((resource) => JSON.stringify(resource)),
    principal: statement.Principal,
    conditions: statement.Condition as Properties | undefined,
  }));
}
