/** A function of the SQL that marts share with DuckDB and Spark, as Athena (Trino) writes it. */
const REWRITTEN: Readonly<Record<string, (...args: string[]) => string>> = {
  // Of whole numbers, of which `/` cuts the fraction off.
  div: (dividend = '', divisor = '') => `((${dividend}) / (${divisor}))`,
  datediff: (until = '', since = '') => `date_diff('day', ${since}, ${until})`,
  from_utc_timestamp: (instant = '', zone = '') => `cast(at_timezone(${instant}, ${zone}) as timestamp)`,
};

const CALL = new RegExp(`\\b(${Object.keys(REWRITTEN).join('|')})\\(`, 'i');

/**
 * The SQL of a mart for Athena, which lacks three functions of Spark.
 * https://docs.aws.amazon.com/athena/latest/ug/functions-env3.html
 * @throws RangeError where the parentheses of such a call are not closed
 */
export function athenaSql(sql: string): string {
  const call = CALL.exec(sql);
  const rewrite = REWRITTEN[call?.[1]?.toLowerCase() ?? ''];
  if (!call || !rewrite) return sql;
  const { parts, end } = argumentsFrom(sql, call.index + call[0].length);
  const written = rewrite(...parts.map((part) => athenaSql(part.trim())));
  return `${sql.slice(0, call.index)}${written}${athenaSql(sql.slice(end + 1))}`;
}

/** The arguments of a call whose parenthesis opens before `start`, and the position at which it closes. */
function argumentsFrom(sql: string, start: number): { parts: string[]; end: number } {
  const parts: string[] = [];
  let depth = 0;
  let from = start;
  for (let at = start; at < sql.length; at++) {
    const character = sql[at];
    if (character === "'") {
      at = sql.indexOf("'", at + 1);
      if (at < 0) break;
    } else if (character === '(') {
      depth += 1;
    } else if (character === ',' && depth === 0) {
      parts.push(sql.slice(from, at));
      from = at + 1;
    } else if (character === ')') {
      if (depth === 0) return { parts: [...parts, sql.slice(from, at)], end: at };
      depth -= 1;
    }
  }
  throw new RangeError(`SQL for Athena: expected ) after ${sql.slice(start, start + 60)}`);
}
