import type { Dialect } from './dialect';

const BOM = '\ufeff';

/**
 * The cells of one record, as text. A field with a misplaced quote is read as it is written, up to the next delimiter.
 * @param hasQuotes false if no quote in it has a meaning
 */
export function splitCells(text: string, dialect: Dialect, hasQuotes: boolean): string[] {
  const { delimiter } = dialect;
  if (!hasQuotes || !dialect.quotes) return text.split(delimiter);
  if (text.startsWith(BOM)) {
    const [first = '', ...others] = splitCells(text.slice(1), dialect, true);
    return [BOM + first, ...others];
  }
  const cells: string[] = [];
  for (let at = 0; ; at += 1) {
    const quoted = text[at] === '"' ? quotedCell(text, at, dialect.backslash) : undefined;
    if (quoted && (quoted.end === text.length || text[quoted.end] === delimiter)) {
      cells.push(quoted.value);
      at = quoted.end;
    } else {
      const next = text.indexOf(delimiter, quoted?.end ?? at);
      const end = next < 0 ? text.length : next;
      cells.push(text.slice(at, end));
      at = end;
    }
    if (at >= text.length) return cells;
  }
}

/** The cell that opens with a quote at an offset, and the offset after its closing quote. */
function quotedCell(
  text: string,
  open: number,
  backslash: boolean,
): { readonly value: string; readonly end: number } {
  let value = '';
  let from = open + 1;
  for (let at = from; at < text.length; at += 1) {
    const isEscape = backslash
      ? text[at] === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')
      : text[at] === '"' && text[at + 1] === '"';
    if (isEscape) {
      value += text.slice(from, at) + text[at + 1];
      at += 1;
      from = at + 1;
    } else if (text[at] === '"') {
      return { value: value + text.slice(from, at), end: at + 1 };
    }
  }
  return { value: value + text.slice(from), end: text.length };
}
