/**
 * Reads values as Python prints them (`repr`), which is what data frames write into text columns: `[{'name': "Men's shirt", 'price':
 * 12.5, 'coupon': None, 'new': True}]`, also within `array([...], dtype=object)`, `Decimal('12.50')` and `np.float64(12.5)`.
 *
 * Beyond what Python prints, an apostrophe in a text does not end it unless a separator follows (`'Men's shirt'`), and objects in a
 * list need no comma between them, as NumPy prints arrays.
 */

const MAX_DEPTH = 64;

/** Constants and how they are written. `nan` is a missing value in data frames. */
const CONSTANTS: Readonly<Record<string, true | false | null>> = {
  True: true,
  true: true,
  False: false,
  false: false,
  None: null,
  null: null,
  nan: null,
  NaN: null,
  NaT: null,
  inf: null,
  '-inf': null,
  'np.nan': null,
  'np.inf': null,
};

/** @returns the value as JSON has it: whole numbers too large for a JavaScript number are strings; undefined if it is no such text */
export function parsePython(text: string): unknown {
  const reader = new Reader(text);
  try {
    const value = reader.value(0);
    return reader.isAtEnd ? value : undefined;
  } catch (error) {
    if (error instanceof NotPython) return undefined;
    throw error;
  }
}

/** The text ends too early or has another form. */
class NotPython extends Error {
  override readonly name = 'NotPython';
}

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };
const NAME = /-?[A-Za-z_][\w.]*/y;
const NUMBER = /[+-]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const SPACE = /\s*/y;
/** Prefixes of texts: bytes, Unicode, raw. */
const PREFIX = /^[bBuUrR]{1,2}$/;
const KEYWORD = /[A-Za-z_]\w*\s*=\s*/y;
const ESCAPE = /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{1,3}|[\s\S])/y;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};
/** What follows the end of a text. */
const AFTER_TEXT = /\s*(?:[,:}\])]|$)/y;

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  get isAtEnd(): boolean {
    this.skip();
    return this.at === this.text.length;
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new NotPython();
    this.skip();
    const first = this.text[this.at];
    switch (first) {
      case '[':
      case '(':
        this.at += 1;
        return this.list(CLOSING[first] as string, depth);
      case '{':
        this.at += 1;
        return this.members(depth);
      case "'":
      case '"':
        return this.string(first, false);
      default:
        return this.number() ?? this.named(depth);
    }
  }

  private list(closing: string, depth: number): unknown[] {
    const values: unknown[] = [];
    for (;;) {
      this.skip();
      if (this.take(closing)) return values;
      if (this.match(KEYWORD) === undefined) values.push(this.value(depth + 1));
      else this.skipArgument(depth);
      this.skip();
      if (this.take(',') || this.text[this.at] === closing) continue;
      if (this.text[this.at] !== '{' && this.text[this.at] !== '[') throw new NotPython();
    }
  }

  /** An argument such as dtype=object says how an array is stored. */
  private skipArgument(depth: number): void {
    const start = this.at;
    const name = this.match(NAME);
    const next = this.text[this.at];
    if (name !== undefined && (next === ',' || next === ')')) return;
    this.at = start;
    this.value(depth + 1);
  }

  /** Of a dictionary; a set is an array. */
  private members(depth: number): unknown {
    const members: [string, unknown][] = [];
    const values: unknown[] = [];
    for (;;) {
      this.skip();
      if (this.take('}')) break;
      const name = this.value(depth + 1);
      this.skip();
      if (this.take(':')) members.push([String(name), this.value(depth + 1)]);
      else values.push(name);
      this.skip();
      if (!this.take(',') && this.text[this.at] !== '}') throw new NotPython();
    }
    if (values.length > 0 && members.length > 0) throw new NotPython();
    // Not by assignment, for which the name __proto__ means something else.
    return values.length > 0 ? values : Object.fromEntries(members);
  }

  /** A constant, a text with a prefix, or a call, which stands for its first argument. */
  private named(depth: number): unknown {
    const name = this.match(NAME);
    if (name === undefined) throw new NotPython();
    const next = this.text[this.at];
    if ((next === "'" || next === '"') && PREFIX.test(name)) return this.string(next, /r/i.test(name));
    if (Object.hasOwn(CONSTANTS, name)) return CONSTANTS[name];
    if (!this.take('(')) throw new NotPython();
    const [value = null] = this.list(')', depth);
    return value;
  }

  private number(): unknown {
    const text = this.match(NUMBER)?.replaceAll('_', '');
    if (text === undefined) return undefined;
    const value = Number(text);
    return /^[+-]?\d+$/.test(text) && !Number.isSafeInteger(value) ? text.replace('+', '') : value;
  }

  private string(quote: string, isRaw: boolean): string {
    const triple = quote.repeat(3);
    const isTriple = this.text.startsWith(triple, this.at);
    const end = isTriple ? triple : quote;
    this.at += end.length;
    let found = '';
    let from = this.at;
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined) throw new NotPython();
      if (character === '\\') {
        found += this.text.slice(from, this.at);
        found += isRaw ? this.text.slice(this.at, this.at + 2) : this.escaped();
        if (isRaw) this.at += 2;
        from = this.at;
      } else if (this.text.startsWith(end, this.at) && (isTriple || this.endsText())) {
        found += this.text.slice(from, this.at);
        this.at += end.length;
        return found;
      } else this.at += 1;
    }
  }

  /** Whether the quote here is followed by a separator. */
  private endsText(): boolean {
    AFTER_TEXT.lastIndex = this.at + 1;
    return AFTER_TEXT.test(this.text);
  }

  private escaped(): string {
    const text = this.match(ESCAPE);
    if (text === undefined) throw new NotPython();
    const simple = SIMPLE_ESCAPES[text[1] as string];
    if (simple !== undefined) return simple;
    const isOctal = /[0-7]/.test(text[1] as string);
    const code = Number.parseInt(text.slice(isOctal ? 1 : 2), isOctal ? 8 : 16);
    // Python keeps the backslash of an escape that it does not know.
    if (Number.isNaN(code)) return text;
    if (code > 0x10ffff) throw new NotPython();
    return String.fromCodePoint(code);
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private skip(): void {
    this.match(SPACE);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }
}
