/** The rows of a document's tables as their cells, without the tables' heads. @param head the first column's title */
export function tableRows(document: string, head: string): string[][] {
  const isHead = new RegExp(`^\\| (?:---|${head} +\\|)`);
  return document
    .split('\n')
    .filter((line) => line.startsWith('| ') && !isHead.test(line))
    .map((line) =>
      line
        .slice(2, -2)
        .split(' | ')
        .map((cell) => cell.trim()),
    );
}
