import type { NodeResult, PageStore } from './page-store';

/**
 * Deletes keys on nodes, batch by batch, and adds up how each node answered. A node that failed once gets no further
 * batches: the purge is incomplete already, and every one would cost the node's whole deadline again.
 */
export class NodeDeletions {
  private readonly removedBy = new Map<string, number>();
  private readonly errors = new Map<string, string>();

  public constructor(
    private readonly pages: Pick<PageStore, 'remove'>,
    private readonly nodes: ReadonlySet<string>,
  ) {}

  /** How many keys were there and no longer are, on all nodes together. */
  public get removed(): number {
    return [...this.removedBy.values()].reduce((sum, removed) => sum + removed, 0);
  }

  public get complete(): boolean {
    return this.errors.size === 0;
  }

  public async remove(keys: readonly string[]): Promise<void> {
    const healthy = [...this.nodes].filter((node) => !this.errors.has(node));
    if (keys.length === 0 || healthy.length === 0) {
      return;
    }
    const answers = new Map((await this.pages.remove(keys, healthy)).map((result) => [result.node, result]));
    for (const node of healthy) {
      const { removed, error } = answers.get(node) ?? {};
      if (error !== undefined || removed === undefined) {
        this.errors.set(node, error ?? 'it did not answer');
      } else {
        this.removedBy.set(node, (this.removedBy.get(node) ?? 0) + removed);
      }
    }
  }

  /** How every node answered, in the order of their names. */
  public results(): NodeResult[] {
    return [...this.nodes].sort().map((node) => {
      const error = this.errors.get(node);
      return error === undefined ? { node, removed: this.removedBy.get(node) ?? 0 } : { node, error };
    });
  }
}
