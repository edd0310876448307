/**
 * Parses the text of cells; this folder alone defines numbers, money and times in input files. Values are canonical text, not
 * JavaScript numbers or dates, so that no precision is lost between the file and the table.
 *
 * A text is accepted only if it has one reading, or if the contract declares which one. The values of one column must not
 * contradict each other; see {@link NotationCheck}.
 */

export { columnParser, parseValue } from './column-parser';
export { DEFAULT_SETTINGS, isId, type ValueSettings } from './context';
export { isCurrency } from './currency';
export { NotationCheck } from './notation-check';
export { type ParsedValue, quoted, type ValueParser } from './parsed';
export { ID, isTooLongId, MAX_ID_BYTES } from './text';
