/** A rule by which a `User-Agent` says the visitor's device. */
export interface DeviceRule {
  readonly value: string;
  /** Parts of the `User-Agent`, one of which is enough, whatever the case of its letters. */
  readonly contains: readonly string[];
}

/**
 * The devices of a site that names none of its own, and what says each of them; the first rule that applies counts. Browsers
 * of phones say `Mobi` (MDN, "Browser detection using the user agent"), and so do those of older iPads; those of Android
 * tablets do not. iPads since iPadOS 13 say that they are Macs.
 */
export const READY_MADE_DEVICES: {
  readonly values: readonly string[];
  readonly rules: readonly DeviceRule[];
  readonly userAgents: Readonly<Record<string, string>>;
} = {
  values: ['desktop', 'mobile', 'tablet'],
  rules: [
    // Internet Explorer says so on machines with a touch screen; televisions run Android, too.
    {
      value: 'desktop',
      contains: ['Tablet PC', 'Android TV', 'GoogleTV', 'SmartTV', 'SMART-TV', 'BRAVIA', 'CrKey', '; AFT'],
    },
    { value: 'tablet', contains: ['iPad', 'Tablet', 'PlayBook', 'Kindle', 'Silk/'] },
    { value: 'mobile', contains: ['Mobi', 'iPhone', 'iPod', 'Windows Phone', 'Opera Mini', 'BlackBerry'] },
    { value: 'tablet', contains: ['Android'] },
  ],
  // What applications that look at it by themselves take for the device.
  userAgents: {
    desktop:
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 nginx-memcache-site',
    mobile:
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36 nginx-memcache-site',
    tablet:
      'Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1 nginx-memcache-site',
  },
};
