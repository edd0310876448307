import { quoteIdentifier } from './session';

/**
 * A query's text with its `$[name]` places filled by SQL: identifiers, expressions and relations, quoted by the
 * caller. Values are bound instead.
 *
 * @throws RangeError for a place without a part
 */
export function fill(query: string, parts: Readonly<Record<string, string>>): string {
  return query.replace(/\$\[(\w+)\]/g, (place, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new RangeError(`nothing fills ${place}`);
    return part;
  });
}

/** `b."id" = t."id" and ...`, null equal to nothing. */
export function equalOn(columns: readonly string[], left: string, right: string): string {
  return columns
    .map((name) => `${left}.${quoteIdentifier(name)} = ${right}.${quoteIdentifier(name)}`)
    .join(' and ');
}

/** Whether any of the columns differs, null equal to null. */
export function distinctOn(columns: readonly string[], left: string, right: string): string {
  return columns
    .map((name) => `${left}.${quoteIdentifier(name)} is distinct from ${right}.${quoteIdentifier(name)}`)
    .join(' or ');
}

/** Whether the left row comes after the right one in the order of the columns, the first foremost; null first. */
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
