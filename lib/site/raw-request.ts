/** A request as it came in. All text is latin1: one character is one byte. */
export interface RawRequest {
  readonly method: string;
  /** The request target as it was sent: path and query, or an absolute URL. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The visitor's scheme, from whoever can be trusted to know it. */
  readonly scheme: 'http' | 'https';
}

/**
 * The values that nginx's variables have for a request, so that one rule can be asked of nginx and of TypeScript.
 */
export class RequestVariables {
  public constructor(private readonly request: RawRequest) {}

  /** The value of `$request_method`, `$request`, `$request_uri`, `$args`, `$host`, `$scheme` or any `$http_…`. */
  public get(variable: string): string {
    switch (variable) {
      case 'request_method':
        return this.request.method;
      case 'request':
        return `${this.request.method} ${this.request.target}`;
      case 'request_uri':
        return this.request.target;
      case 'args':
        return this.splitTarget()[1];
      case 'host':
        return this.authority.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
      case 'scheme':
        return this.request.scheme;
      case 'http_cookie':
        return this.values('cookie').join('; ');
      default:
        return this.header(variable.replace(/^http_/, '').replaceAll('_', '-'));
    }
  }

  /** The raw path of the target, without query. */
  public get path(): string {
    return this.splitTarget()[0];
  }

  // RFC 9112 section 3.2.2: an absolute target's host counts, not the field.
  private get authority(): string {
    return /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)/.exec(this.request.target)?.[1] ?? this.header('host');
  }

  // RFC 9110 section 5.3: repeated fields are one, joined by commas.
  private header(name: string): string {
    return this.values(name).join(', ');
  }

  private values(name: string): string[] {
    return this.request.headers.filter(([n]) => n.toLowerCase() === name).map(([, value]) => value);
  }

  private splitTarget(): [path: string, query: string] {
    const mark = this.request.target.indexOf('?');
    return mark < 0
      ? [this.request.target, '']
      : [this.request.target.slice(0, mark), this.request.target.slice(mark + 1)];
  }
}
