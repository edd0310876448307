import { fault, found, isMissing, MISSING, type ParsedValue } from './parsed';

/** Parses one JSON value to the same text without white space around it. `null` is no value. */
export function parseJson(text: string): ParsedValue {
  const trimmed = text.trim();
  if (isMissing(trimmed)) return MISSING;
  try {
    JSON.parse(trimmed);
    return found(trimmed);
  } catch {
    return fault('JSON', text);
  }
}
