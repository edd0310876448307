import { types } from 'node:util';
import { DeploymentError } from '../errors';

/** Where in the SQL, both from 1; columns in UTF-16 units of the line. */
export interface SqlPosition {
  readonly line: number;
  readonly column: number;
}

export type LakeQueryFailure =
  /** The SQL cannot be understood, or names what is not there. */
  | 'sql'
  /** It is no single SELECT, or reaches for what lies outside of the lake. */
  | 'refused'
  /** The version that was asked for is not there, or not any more. */
  | 'version'
  | 'timeout'
  | 'cancelled'
  | 'memory'
  /** Its values: a text that is no number, a division that overflows. */
  | 'values';

/** A query of the lake was not answered; the message says why, and what to do. */
export class LakeQueryError extends DeploymentError {
  override readonly name = 'LakeQueryError';

  constructor(
    readonly failure: LakeQueryFailure,
    message: string,
    readonly position?: SqlPosition,
    options?: ErrorOptions,
  ) {
    super(position ? `${message} (line ${position.line}, column ${position.column})` : message);
    if (options) this.cause = options.cause;
  }
}

const FAILURES: Readonly<Record<string, LakeQueryFailure>> = {
  Parser: 'sql',
  Binder: 'sql',
  Catalog: 'sql',
  Permission: 'refused',
  'Out of Memory': 'memory',
};

/** What DuckDB threw about the SQL, as the user is told it; anything else as it is. `tables` can be named. */
export function explainDuckDb(cause: unknown, sql: string, tables: readonly string[]): unknown {
  const found =
    types.isNativeError(cause) &&
    /^(?:Failed to extract statements: )?([A-Z][\w ]*?) Error: ([\s\S]*)$/.exec(cause.message);
  if (!found) return cause;
  const [, kind = '', said = ''] = found;
  const [message = ''] = said.split(/\n+LINE \d+: /);
  const position = positionOf(said, sql);
  const failure = FAILURES[kind] ?? 'values';
  const told = message.trim().replace(/\s*\n\s*/g, ' ');
  const explain = (words: string) => new LakeQueryError(failure, words, position, { cause });
  if (failure === 'refused') {
    return explain(
      `a query reads the tables of the lake alone, no files and no network: ${tables.join(', ')}`,
    );
  }
  if (failure === 'memory') {
    return explain(
      'it takes more memory than a query may: select fewer columns, filter, or aggregate earlier',
    );
  }
  const missing = /^Table with name (.+?) does not exist/.exec(told)?.[1];
  if (missing !== undefined) {
    return explain(`there is no table ${JSON.stringify(missing)}; there are ${tables.join(', ')}`);
  }
  return explain(told);
}

/** DuckDB quotes the line, cut at either end where it is long, and points below it. */
function positionOf(said: string, sql: string): SqlPosition | undefined {
  const found = /\nLINE (\d+): (.*)\n( *)\^/.exec(said);
  if (!found) return undefined;
  const [, number = '', quoted = '', pointer = ''] = found;
  const line = Number(number);
  const at = pointer.length - `LINE ${number}: `.length;
  const whole = sql.split('\n')[line - 1] ?? '';
  if (!quoted.startsWith('...') || whole.startsWith(quoted)) return { line, column: at + 1 };
  const start = whole.indexOf(quoted.slice(3).replace(/\.\.\.$/, ''));
  return start < 0 ? undefined : { line, column: start + at - 3 + 1 };
}
