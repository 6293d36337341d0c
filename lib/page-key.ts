/** Whether http and https share a page. */
export enum SchemePolicy {
  /** One page for both, rendered as https. */
  SAME = 'same',
  /** A page for each. */
  SEPARATE = 'separate',
  /** Requests over https always go to the origin. */
  HTTPS_BYPASSES = 'https-bypasses',
}

/**
 * Which query parameters make another page. The same parameters, sorted, are in the page key and reach the origin.
 *
 * A name ending in `*` stands for all that begin so.
 */
export class QueryPolicy {
  /** No parameter: `/list?page=2` is `/list`. */
  public static none(): QueryPolicy {
    return new QueryPolicy('none');
  }

  /** Every parameter. */
  public static all(): QueryPolicy {
    return new QueryPolicy('all');
  }

  /** Only the parameters that are named. */
  public static only(...names: string[]): QueryPolicy {
    return new QueryPolicy('only', names);
  }

  /** Every parameter but those that are named. */
  public static except(...names: string[]): QueryPolicy {
    return new QueryPolicy('except', names);
  }

  private constructor(
    private readonly policy: string,
    private readonly names?: string[],
  ) {}

  /**
   * The policy as it stands in the site's document.
   * @internal
   */
  public _render(): unknown {
    return { policy: this.policy, names: this.names };
  }
}
