/** What a site's name must match: its keys begin with it. */
export const SITE_NAME = /^[a-z][a-z0-9-]{0,31}$/;
/** The same in words. */
export const SITE_NAME_RULE = "the site's name: lower-case letters, digits and -, 32 at most";
