import { types } from 'node:util';
import { DeploymentError } from '../../errors';

/** A position in the SQL; line and column start at 1, columns in UTF-16 code units. */
export interface SqlPosition {
  readonly line: number;
  readonly column: number;
}

export type LakeQueryFailure =
  /** The SQL is invalid, or refers to something that does not exist. */
  | 'sql'
  /** It is not a single SELECT, or accesses something outside of the lake. */
  | 'refused'
  /** The requested version does not exist (any more). */
  | 'version'
  | 'timeout'
  | 'cancelled'
  | 'memory'
  /** The process of the query ended by itself. */
  | 'process'
  /** An error in the values, such as text that is not a number, or an overflow. */
  | 'values';

/** A query of the lake failed. The message says why and what to do. */
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

/** Turns a DuckDB error about the SQL into one for the user; returns any other error unchanged. `tables` can be queried. */
export function explainDuckDb(cause: unknown, sql: string, tables: readonly string[]): unknown {
  const found =
    types.isNativeError(cause) &&
    /^(?:Failed to extract statements: )?([A-Z][\w ]*?) Error: ([\s\S]*)$/.exec(cause.message);
  if (!found) return cause;
  const [, kind = '', details = ''] = found;
  const [message = ''] = details.split(/\n+LINE \d+: /);
  const position = positionOf(details, sql);
  const failure = FAILURES[kind] ?? 'values';
  const text = message.trim().replace(/\s*\n\s*/g, ' ');
  const explain = (reason: string) => new LakeQueryError(failure, reason, position, { cause });
  if (failure === 'refused') {
    return explain(
      `a query can read only the tables of the lake, no files and no network: ${tables.join(', ')}`,
    );
  }
  if (failure === 'memory') {
    return explain('the query exceeds the memory limit: select fewer columns, filter, or aggregate earlier');
  }
  const missing = /^Table with name (.+?) does not exist/.exec(text)?.[1];
  if (missing !== undefined) {
    return explain(`table ${JSON.stringify(missing)} does not exist; the tables are ${tables.join(', ')}`);
  }
  return explain(text);
}

/** DuckDB quotes the line, shortened at either end if it is long, with a caret below it. */
function positionOf(details: string, sql: string): SqlPosition | undefined {
  const found = /\nLINE (\d+): (.*)\n( *)\^/.exec(details);
  if (!found) return undefined;
  const [, number = '', quoted = '', pointer = ''] = found;
  const line = Number(number);
  const at = pointer.length - `LINE ${number}: `.length;
  const whole = sql.split('\n')[line - 1] ?? '';
  if (!quoted.startsWith('...') || whole.startsWith(quoted)) return { line, column: at + 1 };
  const start = whole.indexOf(quoted.slice(3).replace(/\.\.\.$/, ''));
  return start < 0 ? undefined : { line, column: start + at - 3 + 1 };
}
