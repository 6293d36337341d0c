/** Options for every format in which an application stores its pages itself. */
export interface PageFormatOptions {
  /**
   * What pages are served as: the store has their bodies alone.
   * @default 'text/html; charset=utf-8'
   */
  readonly contentType?: string;
  /**
   * The bit of Memcached's flags by which the application marks a body as gzip.
   * @default - every body is plain
   */
  readonly gzipFlag?: number;
}

/** Options for applications whose keys begin as those of Django's cache do. */
export interface DjangoKeyOptions extends PageFormatOptions {
  /**
   * Django's KEY_PREFIX.
   * @default ''
   */
  readonly prefix?: string;
  /**
   * Django's VERSION.
   * @default 1
   */
  readonly version?: number;
}

/** Whose key is meant where django-nginx-memcache writes one and its nginx configuration reads another. */
export enum NginxMemcacheKey {
  /** The writer's: the path as it was sent, with its query. */
  WRITER = 'writer',
  /** The reader's: the decoded path without its query, so that `/list?page=2` is answered with `/list`. */
  READER = 'reader',
}

/** Options for applications that use django-nginx-memcache. */
export interface DjangoNginxMemcacheOptions extends DjangoKeyOptions {
  /**
   * Whose key the site follows.
   * @default NginxMemcacheKey.WRITER
   */
  readonly follows?: NginxMemcacheKey;
  /**
   * The cookie that chooses the page version.
   * @default 'pv'
   */
  readonly cookie?: string;
  /**
   * Every page version there is. The first is what a missing, forged or unknown one means.
   * @default - one version, with an empty name
   */
  readonly pageVersions?: string[];
}

/**
 * How pages lie in Memcached where the application stores them itself: bodies alone, under keys of its own making. nginx
 * then only reads; what it does not find, the application answers and stores.
 *
 * - `PageFormat.djangoNginxMemcache()`: `PREFIX:VERSION:md5(host + path with query + "&pv=" + page version)`.
 * - `PageFormat.prefixPath('site1')`: `site1./path`.
 * - `PageFormat.uriDigest()`: `:1:md5(host + path with query)`.
 * - `PageFormat.customKey('pages')`: `:1:pages:/path?query`.
 */
export class PageFormat {
  /** The keys of django-nginx-memcache, with whole URIs. */
  public static djangoNginxMemcache(options: DjangoNginxMemcacheOptions = {}): PageFormat {
    return new PageFormat({ preset: 'django-nginx-memcache', ...options });
  }

  /**
   * The prefix, a dot and the decoded path. Requests with a query, with a space or `%` in the path, or with a key over 250
   * bytes are the application's.
   */
  public static prefixPath(prefix: string, options: PageFormatOptions = {}): PageFormat {
    return new PageFormat({ preset: 'prefix-path', prefix, ...options });
  }

  /** A hash of the host, the path and the query, as they were sent. */
  public static uriDigest(options: DjangoKeyOptions = {}): PageFormat {
    return new PageFormat({ preset: 'uri-digest', ...options });
  }

  /**
   * A word and the path with its query, as they were sent. Requests with a `%`, or with a key over 250 bytes, and those for
   * `/admin` are the application's.
   */
  public static customKey(key: string, options: DjangoKeyOptions = {}): PageFormat {
    return new PageFormat({ preset: 'custom-key', key, ...options });
  }

  private constructor(private readonly document: { [field: string]: unknown }) {}

  /**
   * The format as it stands in the site's document.
   * @internal
   */
  public _render(): unknown {
    return this.document;
  }
}
