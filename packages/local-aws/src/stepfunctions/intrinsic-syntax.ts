import { type JsonPath, parsePath } from './json-path';

/** A call of an intrinsic function, or one of its arguments. */
export type Expression =
  | { readonly kind: 'value'; readonly value: string | number | boolean | null; readonly raw?: string }
  | { readonly kind: 'path'; readonly path: JsonPath }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] };

export class IntrinsicSyntaxError extends Error {
  constructor(
    readonly text: string,
    readonly offset: number,
    expected: string,
  ) {
    super(`${text}: expected ${expected} at character ${offset + 1}`);
    this.name = 'IntrinsicSyntaxError';
  }
}

/**
 * Parses a call such as `States.Format('{}.json', $$.Execution.Name)`.
 * https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
 * @throws IntrinsicSyntaxError, JsonPathError
 */
export function parseIntrinsic(text: string): Expression {
  const scanner = new Scanner(text);
  const call = scanner.call();
  scanner.end();
  return call;
}

class Scanner {
  private offset = 0;

  constructor(private readonly text: string) {}

  call(): Expression {
    const name = this.take(/States\.[A-Za-z0-9]+/y, 'a function States.Name(...)');
    this.take(/\s*\(\s*/y, '(');
    const given: Expression[] = [];
    if (!this.try(/\)/y)) {
      do given.push(this.argument());
      while (this.try(/\s*,\s*/y));
      this.take(/\s*\)/y, ', or )');
    }
    return { kind: 'call', name, arguments: given };
  }

  end(): void {
    this.take(/\s*$/y, 'the end');
  }

  private argument(): Expression {
    if (this.text.startsWith('States.', this.offset)) return this.call();
    const path = this.try(/\$(?:'[^']*'|"[^"]*"|[^\s,()'"])*/y);
    if (path !== undefined) return { kind: 'path', path: parsePath(path) };
    const quoted = this.try(/'(?:[^'\\]|\\.)*'/suy);
    if (quoted !== undefined) {
      const raw = quoted.slice(1, -1);
      return { kind: 'value', value: unescapeLiteral(raw), raw };
    }
    const plain = this.take(
      /true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y,
      'a path, a literal or a function',
    );
    return { kind: 'value', value: JSON.parse(plain) };
  }

  private try(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.offset;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.offset += found.length;
    return found;
  }

  private take(pattern: RegExp, expected: string): string {
    const found = this.try(pattern);
    if (found === undefined) throw new IntrinsicSyntaxError(this.text, this.offset, expected);
    return found;
  }
}

export const unescapeLiteral = (raw: string): string => raw.replace(/\\(['{}\\])/g, '$1');
