/**
 * The line that a contract lacks, for the person who maintains it, for example:
 * `add "notation: { dateOrder: dmy }" (or mdy) to the column created_at in the contract of orders`.
 *
 * @param line YAML; the first alternative
 * @param place the column, or the contract as a whole
 * @param others the other alternatives
 */
export function declare(
  line: string,
  place: { readonly kind: string; readonly column?: string },
  others: readonly string[] = [],
): string {
  const or = others.length > 0 ? ` (or ${others.join(', ')})` : '';
  const column = place.column === undefined ? '' : `the column ${place.column} in `;
  return `add "${line}"${or} to ${column}the contract of ${place.kind}`;
}
