/** A string literal: the only way to put a path or other text that cannot be bound into SQL. */
export function quoteLiteral(text: string): string {
  if (text.includes('\0')) throw new RangeError('a NUL byte cannot stand in SQL');
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new RangeError('a NUL byte cannot stand in SQL');
  return `"${name.replaceAll('"', '""')}"`;
}

/** A list literal of strings, as read_parquet takes file names. */
export function quoteList(texts: readonly string[]): string {
  return `[${texts.map(quoteLiteral).join(', ')}]`;
}
