import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { DeviceOptions, LanguageOptions, SignedCookieOptions } from './page-variant-options';
import { READY_MADE_DEVICES } from './site/devices';

/**
 * A closed set of renderings of the same URL.
 *
 * - `PageVariant.cookie('theme', ['light', 'dark'])`: the visitor's cookie chooses.
 * - `PageVariant.signedCookie('tier', ['free', 'paid'], { key })`: a cookie that the application signs.
 * - `PageVariant.header('X-Country-Group', ['eu', 'other'])`: a request header, such as one that a CDN sets.
 * - `PageVariant.language(['en', 'de'])`: what the browser wishes for.
 * - `PageVariant.device()`: desktop, mobile and tablet, by the User-Agent.
 */
export class PageVariant {
  /**
   * The visitor's cookie chooses the rendering.
   *
   * @param name the cookie's name, and the variant's.
   * @param values every value there is; the first is what a missing, forged or unknown value means.
   */
  public static cookie(name: string, values: string[]): PageVariant {
    return new PageVariant({ name: variantName(name), source: 'cookie', field: name, values });
  }

  /**
   * A cookie that the application signs chooses the rendering, so that visitors cannot. What it says is the value, when it
   * expires, and the signature of both, which is good for this site and this cookie only; docs/variants.md has the formula.
   *
   * @param name the cookie's name, and the variant's.
   * @param values every value there is; the first is what a cookie without a good signature means.
   */
  public static signedCookie(name: string, values: string[], options: SignedCookieOptions): PageVariant {
    return new PageVariant({ name: variantName(name), source: 'signed-cookie', field: name, values }, options.key);
  }

  /**
   * A request header chooses the rendering.
   *
   * @param name the header's name, and in lower case the variant's.
   * @param values every value there is; the first is what a missing or unknown value means.
   */
  public static header(name: string, values: string[]): PageVariant {
    return new PageVariant({ name: variantName(name), source: 'header', field: name, values });
  }

  /**
   * The browser's `Accept-Language` chooses the rendering, of which it is told one of these languages only. `de-AT` finds
   * `de-AT`, else `de` (RFC 4647 section 3.4). The variant's name is `language`.
   *
   * @param languages every language there is; the first is what everybody else gets.
   */
  public static language(languages: string[], options: LanguageOptions = {}): PageVariant {
    return new PageVariant({ name: 'language', source: 'language', values: languages, cookie: options.cookie });
  }

  /**
   * The browser's `User-Agent` chooses the rendering, which is told the device. The variant's name is `device`.
   *
   * @throws Error for `otherwise` without `rules`.
   */
  public static device(options: DeviceOptions = {}): PageVariant {
    const { rules, otherwise, header, userAgents } = options;
    if (rules === undefined && otherwise !== undefined) {
      throw new Error(
        `PageVariant.device: otherwise must be left out where there are no rules, which say 'desktop', got: '${otherwise}'`,
      );
    }
    const { values, ...ready } = READY_MADE_DEVICES;
    const own = rules?.map(({ device, userAgentContains }) => ({ value: device, contains: userAgentContains }));
    return new PageVariant({
      name: 'device',
      source: 'device',
      field: header,
      values: own === undefined ? values : [...new Set([otherwise ?? 'desktop', ...own.map(({ value }) => value)])],
      rules: own ?? ready.rules,
      userAgents: userAgents ?? (own === undefined ? ready.userAgents : undefined),
    });
  }

  private constructor(
    private readonly document: { readonly name: string; readonly [field: string]: unknown },
    private readonly key?: secretsmanager.ISecret,
  ) {}

  /**
   * The variant as it stands in the site's document.
   * @internal
   */
  public _render(): unknown {
    return this.document;
  }

  /**
   * What its values are signed with, if they are.
   * @internal
   */
  public _signing(): { readonly variant: string; readonly secret: secretsmanager.ISecret } | undefined {
    return this.key && { variant: this.document.name, secret: this.key };
  }
}

function variantName(field: string): string {
  return field.toLowerCase().replace(/_/g, '-');
}
