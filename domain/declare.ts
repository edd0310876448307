/** A line that a contract lacks, for the person who maintains it. */
export interface Declaration {
  /** YAML: a property and its value, `notation: { dateOrder: dmy }`. */
  readonly line: string;
  /** The lines that can be right instead of it; only a person knows which one is. */
  readonly others: readonly string[];
  /** The kind or the source whose contract lacks it; undefined if that is not known. */
  readonly kind?: string;
  /** The column that lacks it; undefined for the contract as a whole. */
  readonly column?: string;
}

/** What to do about a fault. */
export interface Remedy {
  /** One sentence without a full stop. */
  readonly remedy: string;
  /** The lines that this sentence says to add to contracts; undefined for none. */
  readonly declarations?: readonly Declaration[];
}

/**
 * To add a line to a contract, for example
 * `add "notation: { dateOrder: dmy }" (or mdy) to the column created_at in the contract of orders`.
 *
 * @param line YAML; the first alternative
 * @param place the column, or the contract as a whole
 * @param others other values of the first property in braces
 */
export function declare(
  line: string,
  place: { readonly kind: string; readonly column?: string },
  others: readonly string[] = [],
): Remedy {
  const or = others.length > 0 ? ` (or ${others.join(', ')})` : '';
  const column = place.column === undefined ? '' : `the column ${place.column} in `;
  return {
    remedy: `add "${line}"${or} to ${column}the contract of ${place.kind}`,
    declarations: [{ line, others: others.map((value) => withValue(line, value)), ...place }],
  };
}

/** To declare how the bytes of a file become rows. @param kind undefined if it is not known */
export function declareRead(option: string, kind: string | undefined): Remedy {
  const line = `read: { ${option} }`;
  return {
    remedy: `add "${line}" to ${kind === undefined ? 'its contract' : `the contract of ${kind}`}`,
    declarations: [{ line, others: [], ...(kind !== undefined && { kind }) }],
  };
}

/** The same remedy in a longer sentence. */
export const inSentence = (
  { remedy, declarations }: Remedy,
  sentence: (remedy: string) => string,
): Remedy => ({ remedy: sentence(remedy), ...(declarations && { declarations }) });

/** One of two lines for the same column. */
export function either(one: Remedy, other: Remedy): Remedy {
  const [first] = one.declarations ?? [];
  const lines = (other.declarations ?? []).flatMap(({ line, others }) => [line, ...others]);
  return {
    remedy: `${one.remedy}, or ${other.remedy}`,
    ...(first && { declarations: [{ ...first, others: [...first.others, ...lines] }] }),
  };
}

const withValue = (line: string, value: string): string =>
  line.replace(/(?<=\{ \w+: )('[^']*'|[^,}]+)(?=,| \})/, () => value);
