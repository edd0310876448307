import { parseEventJson } from './event-json';
import { parsePython } from './python-repr';

/** A text that begins like a JSON or Python value with members. */
const STRUCTURE = /^\s*(?:[[{("']|[A-Za-z_][\w.]*\()/;

/** Texts in texts: JSON is often encoded twice. */
const MAX_LAYERS = 4;

/**
 * The value that a text encodes as JSON, also several times, or as Python prints it; undefined if it encodes none, or only another
 * text.
 */
export function parseStructure(text: string): unknown {
  let value: unknown = text;
  for (let layer = 0; layer < MAX_LAYERS && typeof value === 'string'; layer += 1) {
    if (!STRUCTURE.test(value)) return undefined;
    value = parseOnce(value);
  }
  return typeof value === 'object' && value !== null ? value : undefined;
}

function parseOnce(text: string): unknown {
  try {
    return parseEventJson(text);
  } catch {
    return parsePython(text);
  }
}
