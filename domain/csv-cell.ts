/**
 * Cells of CSV files that people open with a spreadsheet.
 */

/** A cell that a spreadsheet takes for a formula, or that begins with what it may pass over before one. */
const FORMULA = /^([^\S\t\r\n]*)(?='*[=+\-@＝＋－＠\t\r])/;

/**
 * The same, behind what begins a cell for a spreadsheet that splits at another character than the comma, as Excel does in
 * most of Europe: it does not know our quotes for quotes. A number is no formula, where such a cell ends behind it; the end of
 * a text is one only where the line ends with it. White space is one class here, as a choice within the repetition would
 * run out of stack in a long row.
 */
const FORMULA_WITHIN =
  /([;|\t\r\n][ "\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*)(?='*[=+\-@＝＋－＠])(?![+-][.,]*[0-9][0-9.,]*"?[;|\t\r\n])/g;
const FORMULA_WITHIN_LAST =
  /([;|\t\r\n][ "\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*)(?='*[=+\-@＝＋－＠])(?![+-][.,]*[0-9][0-9.,]*"?(?:[;|\t\r\n]|$))/g;

/** Every place where {@link withApostrophes} put one. */
const APOSTROPHE = /^([^\S\t\r\n]*)'(?='*[=+\-@＝＋－＠\t\r])/;
const APOSTROPHE_WITHIN =
  /([;|\t\r\n][ "\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*)'(?='*[=+\-@＝＋－＠])/g;

/**
 * A text with one apostrophe put in front of what a spreadsheet could take for a formula, at the start of a cell and within it
 * behind `;`, `|`, a tab or a line end, and in front of apostrophes in front of one: taking one apostrophe from `'=`, `'+`,
 * `'-` or `'@` there gives the text back.
 * @param place whether other cells follow on the line
 */
export function withApostrophes(text: string, place: 'within' | 'last' = 'last'): string {
  const within = place === 'last' ? FORMULA_WITHIN_LAST : FORMULA_WITHIN;
  return text.replace(FORMULA, "$1'").replace(within, "$1'");
}

/** The text that {@link withApostrophes} was given. */
export function withoutApostrophes(text: string): string {
  return text.replace(APOSTROPHE_WITHIN, '$1').replace(APOSTROPHE, '$1');
}

/** A text as a quoted cell, {@link withApostrophes}. */
export function quotedCell(text: string, place: 'within' | 'last' = 'within'): string {
  return `"${withApostrophes(text, place).replaceAll('"', '""')}"`;
}
