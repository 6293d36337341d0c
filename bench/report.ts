/** A number with separators and so many decimals. */
export function amount(value: number, decimals = 0): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

export function mebibytes(bytes: number): string {
  return `${amount(bytes / 1024 / 1024, 1)} MiB`;
}

/** Dollars with three significant digits. */
export function price(value: number): string {
  return `$${value.toLocaleString('en-US', { maximumSignificantDigits: 3, minimumSignificantDigits: 3 })}`;
}

/** Rows in columns; the first column is text, the others are numbers and stand to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))))
    .map((cells) => `  ${cells.join('  ')}`.trimEnd())
    .join('\n');
}

/** One section of the report. */
export function section(title: string, ...parts: readonly string[]): string {
  return [`${title}\n${'-'.repeat(title.length)}`, ...parts].join('\n\n');
}
