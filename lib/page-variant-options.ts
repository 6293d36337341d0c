import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';

/** Options for a cookie whose values the application signs. */
export interface SignedCookieOptions {
  /**
   * What the values are signed with: a plain text of at least 32 visible ASCII characters. It is read when a task or a
   * function starts: a new value needs a new deployment. Functions in isolated subnets cannot read it, and purge without
   * refreshing.
   */
  readonly key: secretsmanager.ISecret;
}

/** Options for languages. */
export interface LanguageOptions {
  /**
   * A cookie that names one of the languages, and then comes before what the browser wishes for. A rendering gets it, too.
   * @default - no cookie
   */
  readonly cookie?: string;
}

/** What says that a visitor has a device. */
export interface DeviceRule {
  /** The device. */
  readonly device: string;
  /** Parts of the User-Agent, one of which is enough, whatever the case of its letters. */
  readonly userAgentContains: string[];
}

/** Options for devices. */
export interface DeviceOptions {
  /**
   * What says each device; the first rule that applies counts. A device may have several.
   * @default - rules for mobile and tablet
   */
  readonly rules?: DeviceRule[];
  /**
   * The device that none of `rules` says.
   * @default 'desktop'
   */
  readonly otherwise?: string;
  /**
   * The header in which the application is told the device, with renderings and with requests that go past the cache. A
   * visitor's own header of that name never reaches the application.
   * @default 'X-Device'
   */
  readonly header?: string;
  /**
   * The User-Agent that a rendering for a device has, for applications that look at it by themselves. Where every device has
   * one, pages may say that they vary by `User-Agent`.
   * @default - one for each device of the default rules; none with rules of your own
   */
  readonly userAgents?: { [device: string]: string };
}
