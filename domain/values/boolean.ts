import { fault, found, isMissing, MISSING, type ParsedValue } from './parsed';

const TRUE = new Set(['true', 't', 'yes', 'y', '1']);
const FALSE = new Set(['false', 'f', 'no', 'n', '0']);

/** Parses true, t, yes, y, 1 and their opposites, in any case, to `true` or `false`. */
export function parseBoolean(text: string): ParsedValue {
  const name = text.trim().toLowerCase();
  if (isMissing(name)) return MISSING;
  if (TRUE.has(name)) return found('true');
  return FALSE.has(name) ? found('false') : fault('true or false', text);
}
