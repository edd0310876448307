const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

export interface QuoteCheck {
  /** True if a quote is misplaced under RFC 4180; the text after it is read as unquoted. */
  readonly stray: boolean;
  /** The offset of a quote that is never closed. */
  readonly openAt: number | undefined;
}

/** Checks the quotes of one record, or of the rest of a file. @param delimiter one ASCII character */
export function checkQuotes(raw: Uint8Array, delimiter: string): QuoteCheck {
  const separator = delimiter.charCodeAt(0);
  const endsField = (byte: number | undefined) =>
    byte === undefined || byte === separator || byte === LF || byte === CR;
  let fieldStarts = true;
  let openAt: number | undefined;
  let stray = false;
  for (let at = 0; at < raw.length; at += 1) {
    const byte = raw[at];
    if (openAt !== undefined) {
      if (byte !== QUOTE) continue;
      if (raw[at + 1] === QUOTE) {
        at += 1;
        continue;
      }
      openAt = undefined;
      stray ||= !endsField(raw[at + 1]);
    } else if (byte === QUOTE && fieldStarts) {
      openAt = at;
    } else if (byte === QUOTE) {
      stray = true;
    }
    fieldStarts = endsField(byte);
  }
  return { stray, openAt };
}
