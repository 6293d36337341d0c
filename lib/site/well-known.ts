/**
 * Parameters that campaigns add to links and applications do not read. A name ending in `*` stands for all that begin so.
 */
export const DEFAULT_TRACKING_PARAMETERS: readonly string[] = [
  'utm_*', 'gclid', 'gclsrc', 'dclid', 'gbraid', 'wbraid', 'gad_source', 'gad_campaignid', '_gl', 'srsltid',
  'fbclid', 'igshid', 'msclkid', 'ttclid', 'twclid', 'li_fat_id', 'epik', 'rdt_cid', 'ScCid',
  'mc_cid', 'mc_eid', 'mkt_tok', '_hsenc', '_hsmi', 'hsa_*', 'yclid', '_openstat', 'vero_id', 'pk_*', 'mtm_*', 'matomo_*',
];

/** Cookies of analytics and consent tools, which applications do not read to decide what they render. */
export const DEFAULT_HARMLESS_COOKIES: readonly string[] = [
  '_ga', '_ga_*', '_gid', '_gat', '_gat_*', '_gcl_*', '_gac_*', '__utm*', '_fbp', '_fbc', '_uetsid', '_uetvid', '_clck', '_clsk',
  '_hjid', '_hjSession*', '_hjSessionUser*', '_pk_*', '_mtm_*', '__hstc', '__hssc', '__hssrc', 'hubspotutk', '_ttp', '_scid', '_pin_unauth',
  'OptanonConsent', 'OptanonAlertBoxClosed', 'CookieConsent', 'cookieyes-consent', 'euconsent-v2', 'cookielawinfo-*', 'cookie_notice_accepted',
];

/**
 * Request headers that ask for another form of the page than a browser's navigation does: partial renderings of htmx,
 * Turbo, Inertia, React Server Components, Unpoly and pjax, and the general mark of scripted requests.
 */
export const PARTIAL_RENDERING_HEADERS: readonly string[] = [
  'x-requested-with', 'hx-request', 'turbo-frame', 'x-turbo-request-id', 'x-inertia', 'rsc', 'next-router-state-tree', 'x-pjax', 'x-up-version',
];
