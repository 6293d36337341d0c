import type { Table } from './table';

// Longer than anybody asks what a month has cost.
const LIFE = 400 * 24 * 3600;
const DEADLINE_MS = 5000;

/** How many paths a site may have CloudFront remove in a calendar month (UTC), counted in the site's table. */
export class PathBudget {
  public constructor(
    private readonly table: Table,
    private readonly site: string,
    private readonly most: number,
    private readonly now: () => number,
  ) {}

  /**
   * Counts paths before they are asked for: what fails afterwards has been counted.
   *
   * @returns false, and nothing is counted, where they do not fit.
   * @throws IndexError when the table does not answer.
   */
  public async spend(paths: number): Promise<boolean> {
    if (paths > this.most) {
      return false;
    }
    const at = this.now();
    const month = new Date(at).toISOString().slice(0, 7);
    const change = {
      UpdateExpression: 'ADD #paths :paths SET #expires = :expires',
      ConditionExpression: 'attribute_not_exists(#paths) OR #paths <= :room',
      ExpressionAttributeNames: { '#paths': 'paths', '#expires': 'expires' },
      ExpressionAttributeValues: {
        ':paths': { N: String(paths) },
        ':room': { N: String(this.most - paths) },
        ':expires': { N: String(Math.floor(at / 1000) + LIFE) },
      },
    };
    return this.table.updateIf({ pk: pathBudgetRows(this.site), sk: month }, change, DEADLINE_MS);
  }
}

/** The partition of a site's counts. */
export function pathBudgetRows(site: string): string {
  return `cloudfront#${site}`;
}
