import { Lazy, type Stack, Token } from 'aws-cdk-lib';
import { canonicalPath } from './site/canonical-path';
import { TAG, TAG_RULE } from './site/tag';

/** Which pages the objects of a bucket are shown on. */
export interface ObjectPurgeRule {
  /** The page of an object, with `{key}` once in its path: `https://www.example.com/{key}`. */
  readonly url: string;
  /**
   * What the keys of pages begin with, and their URLs do not: a directory, with a `/` at its end. Other objects purge nothing.
   * @default - every object is a page
   */
  readonly prefix?: string;
  /**
   * What an object is called that is also shown at its directory's URL.
   * @default 'index.html'
   */
  readonly indexDocument?: string;
}

/** Which pages the items of a table are shown on. */
export interface ItemPurgeRule {
  /** The tags of the pages that show an item, with its attributes in braces: `product-{id}`. */
  readonly tags: string[];
}

// All variables together have 4 KB; names that are known only at deployment are not in what can be counted here.
export const MOST_CHARACTERS = 3000;

/** What the events of buckets and tables purge, as the purge events function reads it from its environment. */
export class EventRules {
  private readonly buckets: Record<string, object> = {};
  private readonly tables: Record<string, object> = {};

  /** @throws Error for a bad rule, and for a second one. */
  public addBucket(where: string, bucketName: string, rule: ObjectPurgeRule): void {
    const { url, prefix, indexDocument } = rule;
    checkObjectRule(where, rule);
    if (this.buckets[bucketName] !== undefined) {
      throw new Error(`${where}: the bucket has a rule already: one rule must say where all of its objects are shown`);
    }
    this.buckets[bucketName] = { url, prefix, index: indexDocument };
  }

  /** @throws Error for a bad rule, and for a second one. */
  public addTable(where: string, tableArn: string, { tags }: ItemPurgeRule): void {
    if (tags.length === 0) {
      throw new Error(`${where}: tags must name at least one tag, got: []`);
    }
    tags.forEach((tag) =>
      refuse(where, 'tags', tag, isTagTemplate, `must each be ${TAG_RULE}, with attributes as {name}`),
    );
    if (this.tables[tableArn] !== undefined) {
      throw new Error(`${where}: the table has a rule already: give all of its tags in one`);
    }
    this.tables[tableArn] = { tags };
  }

  /** The rules as JSON, with all that are added later; without any rule, nothing, which leaves the variable out. */
  public render(stack: Stack): string {
    return Lazy.string({ produce: () => this.toJson(stack) });
  }

  /** What is wrong with all rules together. */
  public faults(stack: Stack): string[] {
    const length = knownLength(stack.resolve(this.toJson(stack)));
    return length <= MOST_CHARACTERS
      ? []
      : [
          `purgeOnObjectChange, purgeOnItemChange: their rules must together have at most ${MOST_CHARACTERS} characters as JSON, which is what a function's environment holds, got: ${length}; send purge requests for some to a topic or queue`,
        ];
  }

  private toJson(stack: Stack): string | undefined {
    const [buckets, tables] = [this.buckets, this.tables].map((rules) => Object.keys(rules).length > 0 && rules);
    return buckets || tables
      ? stack.toJsonString({ ...(buckets && { buckets }), ...(tables && { tables }) })
      : undefined;
  }
}

/** @throws Error for a rule by which no object has a page. */
export function checkObjectRule(where: string, { url, prefix, indexDocument }: ObjectPurgeRule): void {
  refuse(where, 'url', url, isKeyUrl, "must be an http or https URL with '{key}' once, in its path, without a query");
  refuse(where, 'prefix', prefix, (text) => text.endsWith('/'), "must end with '/'");
  refuse(where, 'indexDocument', indexDocument, (text) => /^[^/]+$/.test(text), "must be a name without '/'");
}

function refuse(
  where: string,
  field: string,
  text: string | undefined,
  isGood: (text: string) => boolean,
  rule: string,
) {
  if (text !== undefined && !Token.isUnresolved(text) && !isGood(text)) {
    throw new Error(`${where}: ${field} ${rule}, got: '${text}'`);
  }
}

// As the function has it, which would not start with another.
function isKeyUrl(url: string): boolean {
  const [, origin = '', path = ''] = /^(https?:\/\/[^/?#\\@{}]+)(\/[^?#]*)$/i.exec(url) ?? [];
  return URL.canParse(origin) && path.split('{key}').length === 2 && canonicalPath(path) !== undefined;
}

function isTagTemplate(tag: string): boolean {
  return TAG.test(tag.replace(/\{[^{}]+\}/g, 'x')) && !/[{}]/.test(tag.replace(/\{[^{}]+\}/g, ''));
}

/** The length of a resolved text, without the parts that are known only at deployment. */
export function knownLength(resolved: unknown): number {
  if (typeof resolved === 'string') {
    return resolved.length;
  }
  const join = (resolved as { 'Fn::Join'?: [string, unknown[]] } | undefined)?.['Fn::Join'];
  return join === undefined
    ? 0
    : join[1].reduce<number>((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0);
}
