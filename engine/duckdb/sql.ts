import { quoteIdentifier } from './quote';

/**
 * A query with its `$[name]` placeholders replaced by SQL: identifiers, expressions and relations, quoted by the caller.
 * Values are bound instead. Replaced text is not searched for placeholders.
 *
 * @throws RangeError for a placeholder without a value in `parts`
 */
export function fill(query: string, parts: Readonly<Record<string, string>>): string {
  return query.replace(/\$\[(\w+)\]/g, (placeholder, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new RangeError(`nothing fills ${placeholder}`);
    return part;
  });
}

/** The condition `b."id" = t."id" and ...`; null is equal to nothing. */
export function equalOn(columns: readonly string[], left: string, right: string): string {
  return columns
    .map((name) => `${left}.${quoteIdentifier(name)} = ${right}.${quoteIdentifier(name)}`)
    .join(' and ');
}

/** The same; null is equal to null. */
export function sameOn(columns: readonly string[], left: string, right: string): string {
  return columns
    .map((name) => `${left}.${quoteIdentifier(name)} is not distinct from ${right}.${quoteIdentifier(name)}`)
    .join(' and ');
}

/** The condition that one of the columns differs; null is equal to null. */
export function distinctOn(columns: readonly string[], left: string, right: string): string {
  return columns
    .map((name) => `${left}.${quoteIdentifier(name)} is distinct from ${right}.${quoteIdentifier(name)}`)
    .join(' or ');
}

/** The condition that the left row sorts after the right one by these columns, most significant first; null sorts first. */
export function greaterOn(columns: readonly string[], left: string, right: string): string {
  return columns.reduceRight((rest, name) => {
    const l = `${left}.${quoteIdentifier(name)}`;
    const r = `${right}.${quoteIdentifier(name)}`;
    return `case when ${l} is distinct from ${r} then coalesce(${l} > ${r}, ${r} is null) else ${rest} end`;
  }, 'false');
}

/** `t."a", t."b"` */
export function columnList(columns: readonly string[], relation?: string): string {
  return columns
    .map((name) => (relation ? `${relation}.${quoteIdentifier(name)}` : quoteIdentifier(name)))
    .join(', ');
}

/** `"a" as "x", "b" as "y"`: each column under the name at its place. */
export function renamedList(columns: readonly string[], names: readonly string[]): string {
  return columns
    .map((column, at) => `${quoteIdentifier(column)} as ${quoteIdentifier(names[at] ?? column)}`)
    .join(', ');
}
