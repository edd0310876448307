/**
 * Cells of CSV files that people open with a spreadsheet.
 */

/** A cell that a spreadsheet takes for a formula, or that begins with what it may pass over before one. */
const FORMULA = /^([^\S\t\r\n]*)(?='*[=+\-@＝＋－＠\t\r])/;

/**
 * The same, behind what begins a cell for a spreadsheet that splits at another character than the comma, as Excel does in
 * most of Europe: it does not know our quotes for quotes. A number is no formula. White space is one class here, as a
 * choice within the repetition would run out of stack in a long row.
 */
const FORMULA_WITHIN =
  /([;|\t\r\n][ "\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*)(?='*[=+\-@＝＋－＠])(?![+-][0-9.,]+"?(?:[;|\t\r\n]|$))/g;

/**
 * A text as a quoted cell. What a spreadsheet could take for a formula has one apostrophe put in front, at the start of a
 * cell and within it behind `;`, `|`, a tab or a line end, and so have apostrophes in front of one: taking one apostrophe
 * from `'=`, `'+`, `'-` or `'@` there gives the text back.
 */
export function quotedCell(text: string): string {
  const harmless = text.replace(FORMULA, "$1'").replace(FORMULA_WITHIN, "$1'");
  return `"${harmless.replaceAll('"', '""')}"`;
}
