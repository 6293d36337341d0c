/** Something that happens once, and that others wait for. */
export interface Signal {
  readonly promise: Promise<void>;
  readonly given: boolean;
  give(): void;
}

export function signal(): Signal {
  let resolve = () => {};
  const promise = new Promise<void>((done) => (resolve = done));
  const made = { promise, given: false, give: () => ((made.given = true), resolve()) };
  return made;
}
