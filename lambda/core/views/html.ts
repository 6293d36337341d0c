/* Not exported: `html` and `jsonIn` alone make it. */
class SafeHtml {
  public constructor(private readonly markup: string) {}

  public toString(): string {
    return this.markup;
  }
}

/** HTML that may be shown as it is: everything that was put in is text. */
export type Html = SafeHtml;

/** What stands in a template: text that is escaped, HTML, or nothing. */
export type HtmlValue = string | number | Html | readonly HtmlValue[] | undefined;

/**
 * Makes HTML of a template. What is put in is escaped, between tags and within attributes that have quotes around them, which
 * all have here.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new SafeHtml(parts.reduce((all, part, i) => all + markupOf(values[i - 1]) + part));
}

/** JSON between tags: the same before and after it is read as HTML, so that nobody has to know whether it was. */
export function jsonIn(value: object): Html {
  const escaped = JSON.stringify(value).replace(
    /[<>&]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
  return new SafeHtml(escaped);
}

function markupOf(value: HtmlValue): string {
  if (Array.isArray(value)) return (value as readonly HtmlValue[]).map(markupOf).join('');
  return value instanceof SafeHtml ? value.toString() : escapeText(String(value ?? ''));
}

function escapeText(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
