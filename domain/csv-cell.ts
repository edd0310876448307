/**
 * Cells of CSV files that may be opened in a spreadsheet.
 */

/** A cell that a spreadsheet interprets as a formula, possibly after white space that it ignores. */
const FORMULA = /^([^\S\t\r\n]*)(?='*[=+\-@＝＋－＠\t\r])/;

/**
 * The same after other delimiters than the comma, at which Excel splits cells in most of Europe, ignoring the quotes around
 * them. A number that is all of such a cell is not a formula: the same delimiter or a line ending follows it; the end of the text
 * ends a cell only if it ends the line. A tab is no such delimiter, since a program that splits elsewhere ignores it ahead of a formula. White space is a single character class, as an alternation inside the repetition overflows the stack on a long row.
 */
const FORMULA_WITHIN =
  /(([;|\t\r\n])[ "\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*)(?='*[=+\-@＝＋－＠])(?![+-][.,]*[0-9][0-9.,]*"?(?:(?!\t)\2|[\r\n]))/g;
const FORMULA_WITHIN_LAST =
  /(([;|\t\r\n])[ "\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*)(?='*[=+\-@＝＋－＠])(?![+-][.,]*[0-9][0-9.,]*"?(?:(?!\t)\2|[\r\n]|$))/g;

/** The places where {@link withApostrophes} inserts one. */
const APOSTROPHE = /^([^\S\t\r\n]*)'(?='*[=+\-@＝＋－＠\t\r])/;
const APOSTROPHE_WITHIN =
  /([;|\t\r\n][ "\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*)'(?='*[=+\-@＝＋－＠])/g;

/**
 * Inserts an apostrophe before anything that a spreadsheet could interpret as a formula, at the start of the cell and after
 * `;`, `|`, a tab or a line ending in it. Existing apostrophes there are escaped too, so removing one apostrophe from `'=`,
 * `'+`, `'-` or `'@` restores the text.
 * @param place `within` if other cells follow on the line
 */
export function withApostrophes(text: string, place: 'within' | 'last' = 'last'): string {
  const within = place === 'last' ? FORMULA_WITHIN_LAST : FORMULA_WITHIN;
  return text.replace(FORMULA, "$1'").replace(within, "$1'");
}

/** Reverses {@link withApostrophes}. */
export function withoutApostrophes(text: string): string {
  return text.replace(APOSTROPHE_WITHIN, '$1').replace(APOSTROPHE, '$1');
}

/** A text as a quoted cell, {@link withApostrophes}. */
export function quotedCell(text: string, place: 'within' | 'last' = 'within'): string {
  return `"${withApostrophes(text, place).replaceAll('"', '""')}"`;
}
