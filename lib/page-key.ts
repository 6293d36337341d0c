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

/** A closed set of renderings of the same URL, chosen by a cookie or a header. */
export class PageVariant {
  /**
   * The visitor's cookie chooses the rendering.
   *
   * @param name the cookie's name, and the variant's.
   * @param values every value there is; the first is what a missing, forged or unknown value means.
   */
  public static cookie(name: string, values: string[]): PageVariant {
    return new PageVariant('cookie', name, values);
  }

  /**
   * A request header chooses the rendering.
   *
   * @param name the header's name, and in lower case the variant's.
   * @param values every value there is; the first is what a missing or unknown value means.
   */
  public static header(name: string, values: string[]): PageVariant {
    return new PageVariant('header', name, values);
  }

  private constructor(
    private readonly source: string,
    private readonly field: string,
    private readonly values: string[],
  ) {}

  /**
   * The variant as it stands in the site's document.
   * @internal
   */
  public _render(): unknown {
    return {
      name: this.field.toLowerCase().replace(/_/g, '-'),
      source: this.source,
      field: this.field,
      values: this.values,
    };
  }
}
