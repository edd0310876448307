import changingFunctionsSql from './changing-functions.sql';
import parsedSelectSql from './parsed-select.sql';
import { requireSelect, SelectError } from './select';
import type { DuckDb } from './session';

/** Names that DuckDB reads as the current time where no column has them. */
const TIMES = new Set(['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp']);

/** Functions that give rows from their arguments alone. */
const ROW_FUNCTIONS = new Set(['unnest', 'range', 'generate_series']);

/**
 * Checks that SQL is one SELECT that gives the same rows for the same content of the relations, each time and everywhere.
 *
 * @param relations the only ones that it may read, in lower case
 * @throws SelectError if it reads anything else, or calls a function that depends on the time, on chance or on settings;
 * DuckDB's error if it cannot be parsed or bound
 */
export async function requireRepeatableSelect(
  db: DuckDb,
  sql: string,
  relations: readonly string[],
): Promise<void> {
  await requireSelect(db, sql);
  const [parsed] = await db.rows<{ tree: string }>(parsedSelectSql, { sql });
  const tree: Tree = JSON.parse(parsed?.tree ?? '{}');
  if (tree.error) throw new SelectError('refused', `expected a plain SELECT: ${tree.error_message}`);
  const nodes = [...nodesOf(tree.statements)];
  const names = await db.rows<{ name: string }>(changingFunctionsSql);
  const changing = new Set(names.map(({ name }) => name));
  const own = nodes.flatMap(({ cte_map: { map } = { map: [] } }) => map.map(({ key }) => key));
  const readable = new Set([...relations, ...own.map((name) => name.toLowerCase())]);
  for (const node of nodes) {
    const fault = faultOf(node, readable, changing);
    if (fault) throw new SelectError('refused', fault);
  }
}

interface Tree {
  readonly error?: boolean;
  readonly error_message?: string;
  readonly statements?: unknown;
}

/** What this module reads of a node of the tree. */
interface Node {
  readonly class?: string;
  readonly type?: unknown;
  readonly function_name?: string;
  readonly column_names?: readonly string[];
  readonly table_name?: string;
  readonly schema_name?: string;
  readonly catalog_name?: string;
  readonly sample?: unknown;
  readonly function?: { readonly function_name?: string };
  readonly cte_map?: { readonly map: readonly { readonly key: string }[] };
}

function* nodesOf(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value;
  for (const child of Object.values(value)) yield* nodesOf(child);
}

function faultOf(
  node: Node,
  readable: ReadonlySet<string>,
  changing: ReadonlySet<string>,
): string | undefined {
  const name = (node.function_name ?? '').toLowerCase();
  const [column = '', ...path] = node.column_names ?? [];
  if (node.sample) return 'a sample differs each time: leave it out';
  if (node.class === 'FUNCTION' && changing.has(name) && !ROW_FUNCTIONS.has(name)) {
    return `the function ${name} is not allowed: it depends on more than its arguments`;
  }
  if (node.class === 'COLUMN_REF' && path.length === 0 && TIMES.has(column.toLowerCase())) {
    return `${column} is not allowed: the result must not depend on the time`;
  }
  if (
    node.type === 'TABLE_FUNCTION' &&
    !ROW_FUNCTIONS.has(node.function?.function_name?.toLowerCase() ?? '')
  ) {
    return `the function ${node.function?.function_name} is not allowed after FROM`;
  }
  if (node.type === 'SHOW_REF') return 'DESCRIBE, SHOW and SUMMARIZE are not allowed';
  const isOther =
    node.schema_name || node.catalog_name || !readable.has((node.table_name ?? '').toLowerCase());
  if (node.type === 'BASE_TABLE' && isOther) {
    return `the relation ${node.table_name} is not available: expected ${[...readable].join(', ')}`;
  }
  return undefined;
}
