/** The variables of a process, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** How each field of what is read comes from the variables; a reader throws an Error that names the variable. */
export type VariableReaders<Fields> = { readonly [Field in keyof Fields]: (variables: Variables) => Fields[Field] };

/** The environment lacks variables or has bad ones. `faults` has one line for each. */
export class EnvironmentError extends Error {
  public constructor(public readonly faults: readonly string[]) {
    super(
      `the environment has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n  ${faults.join('\n  ')}`,
    );
    this.name = 'EnvironmentError';
  }
}

/** @throws EnvironmentError naming every variable that is missing or bad. */
export function readAll<Fields extends object>(readers: VariableReaders<Fields>, variables: Variables): Fields {
  const faults: string[] = [];
  const values = Object.entries<(variables: Variables) => unknown>(readers).map(([field, read]) => {
    try {
      return [field, read(variables)] as const;
    } catch (error) {
      faults.push((error as Error).message);
      return [field, undefined] as const;
    }
  });
  if (faults.length > 0) {
    throw new EnvironmentError(faults);
  }
  return Object.fromEntries(values) as Fields;
}

const SECRETS = /^NMS_(?:ORIGIN_SECRET$|VARIANT_KEY_)/;

/** A variable that must match. An empty one is as good as none. */
export function matching(
  variables: Variables,
  name: string,
  pattern: RegExp,
  rule: string,
  byDefault?: string,
): string {
  const value = variables[name] || byDefault;
  if (value === undefined || !pattern.test(value)) {
    // A secret is not for the logs.
    const shown = value === undefined ? 'nothing' : SECRETS.test(name) ? 'something else' : JSON.stringify(value);
    throw new Error(`${name}: must be ${rule}, got ${shown}`);
  }
  return value;
}

/** A variable that has one of these values. The first of them is the default. */
export function oneOf<Value extends string>(
  variables: Variables,
  name: string,
  values: readonly [Value, ...Value[]],
): Value {
  const value = values.find((each) => each === (variables[name] || values[0]));
  if (value === undefined) {
    throw new Error(`${name}: must be ${values.join(' or ')}, got ${JSON.stringify(variables[name])}`);
  }
  return value;
}
