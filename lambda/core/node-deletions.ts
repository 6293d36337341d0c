import { keptKey } from '../../lib/site/kept-key';
import type { NodeResult, PageStore } from './page-store';

/**
 * Deletes keys on nodes, batch by batch, and adds up how each node answered. A node that failed once gets no further
 * batches: the purge is incomplete already, and every one would cost the node's whole deadline again.
 */
export class NodeDeletions {
  private readonly removedBy = new Map<string, number>();
  private readonly failures = new Map<string, string>();
  private readonly gone = new Set<string>();
  private flushed = false;

  public constructor(
    private readonly pages: Pick<PageStore, 'remove' | 'flush'>,
    private readonly nodes: ReadonlySet<string>,
  ) {}

  /** How many pages were there and no longer are, on all nodes together. Kept copies do not count. */
  public get removed(): number {
    return [...this.removedBy.values()].reduce((sum, removed) => sum + removed, 0);
  }

  /** The nodes that did not answer and may still hold something. */
  public get failed(): string[] {
    return [...this.failures.keys()].filter((node) => !this.gone.has(node));
  }

  /** Removes pages and their kept copies. */
  public async remove(keys: readonly string[]): Promise<void> {
    await this.removeKept(keys);
    await this.removePages(keys);
  }

  /**
   * Removes the kept copies of pages. It comes before the removal of the pages: a fill takes a page's key before it reads
   * the copy, so that what it read too early it can no longer publish.
   */
  public async removeKept(keys: readonly string[]): Promise<void> {
    const kept = keys.map(keptKey).filter((key) => key !== undefined);
    const nodes = this.healthy();
    if (kept.length > 0 && nodes.length > 0) {
      const results = await this.pages.remove(kept, nodes);
      this.count(
        nodes,
        results.map((result) => ({ ...result, removed: 0 })),
      );
    }
  }

  /** @param except a node that keeps the pages. */
  public async removePages(keys: readonly string[], except?: string): Promise<void> {
    const nodes = this.healthy().filter((node) => node !== except);
    if (keys.length > 0 && nodes.length > 0) {
      this.count(nodes, await this.pages.remove(keys, nodes));
    }
  }

  /** Empties every node. */
  public async flush(): Promise<void> {
    this.flushed = true;
    const nodes = this.healthy();
    this.count(nodes, await this.pages.flush(nodes));
  }

  /** Notes that a node which did not answer does not exist any more. */
  public isGone(node: string): void {
    this.gone.add(node);
  }

  /** How every node answered, in the order of their names. */
  public results(): NodeResult[] {
    return [...this.nodes].sort().map((node) => {
      const error = this.failures.get(node);
      if (error !== undefined) {
        return this.gone.has(node) ? { node, gone: true } : { node, error };
      }
      return this.flushed ? { node, flushed: true } : { node, removed: this.removedBy.get(node) ?? 0 };
    });
  }

  private healthy(): string[] {
    return [...this.nodes].filter((node) => !this.failures.has(node));
  }

  private count(asked: readonly string[], results: readonly NodeResult[]): void {
    const answers = new Map(results.map((result) => [result.node, result]));
    for (const node of asked) {
      const answer = answers.get(node);
      if (answer === undefined || answer.error !== undefined) {
        this.failures.set(node, answer?.error ?? 'it did not answer');
      } else {
        this.removedBy.set(node, (this.removedBy.get(node) ?? 0) + (answer.removed ?? 0));
      }
    }
  }
}
