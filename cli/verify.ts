import { Command, InvalidArgumentError } from 'commander';
import { catalog } from '../catalog/catalog';
import type { ServedMart } from '../domain/mart';
import { plural } from '../domain/plural';
import { isTimeZone } from '../domain/time';
import { connect, disconnect } from '../operations/deployment';
import type { Difference } from '../operations/kpis/compare-rows';
import type { Verification } from '../operations/kpis/verify';
import { CommandFailure } from './failure';
import { withLakeSession } from './lake-session';
import { withProgress } from './progress';
import { formatTable, printable } from './table';

interface Options {
  readonly timeZone?: string;
  readonly json?: boolean;
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description(
      'compute every KPI from scratch and compare it with DynamoDB and kpis/, and histories with staging/',
    )
    .option('--time-zone <name>', 'reporting time zone (default: that of kpis/)', parseTimeZone)
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Reads all of staging/ and changes nothing. The exit code is 1 if there are differences. During an execution, DynamoDB may be
behind the lake, so run it when no execution is running.

Example:
  $ daybook verify`,
    )
    .action(async (options: Options) => {
      const verification = await runVerify(options);
      process.stdout.write(options.json ? `${JSON.stringify(verification)}\n` : format(verification));
      const { differences } = verification;
      if (differences > 0)
        throw new CommandFailure(`${plural(differences, 'difference')}${hint(verification)}`);
    });
}

async function runVerify({ timeZone, json }: Options): Promise<Verification> {
  const deployment = await connect();
  const { dynamoDb, names } = deployment;
  try {
    // Loads DuckDB only here.
    const { verify } = await import('../operations/kpis/verify');
    const { readItems } = await import('../serving/dynamodb/read-items');
    const itemsOf = (mart: ServedMart) => {
      const table = names.table(mart.dynamoDb.table);
      return { table, read: () => readItems(dynamoDb, table, mart) };
    };
    return await withProgress('computing every KPI from the lake', { json }, () =>
      withLakeSession(deployment, ({ lake }) => verify({ lake, catalog, timeZone, itemsOf })),
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'UnknownTimeZoneError') {
      throw new CommandFailure(`${error.message}, with --time-zone`);
    }
    throw error;
  } finally {
    disconnect(deployment);
  }
}

function format(verification: Verification): string {
  const { time_zone, staging, tables, histories, hash, differences, first_differences } = verification;
  const versions = Object.entries(staging).map(([table, version]) => `${table} ${version ?? 'none'}`);
  const lines = [`computed from staging/ (versions: ${versions.join(', ')}), time zone ${time_zone}`];
  const counts = formatTable(
    [
      { heading: 'KPI table', text: ({ table }) => table },
      { heading: 'computed', right: true, text: ({ expected }) => String(expected) },
      { heading: 'DynamoDB', right: true, text: ({ items }) => String(items) },
      { heading: 'kpis/', right: true, text: ({ rows }) => String(rows) },
    ],
    tables,
  );
  const kept = histories.map(
    ({ table, versions, rows }) => `${table}: ${plural(versions, 'version')} of ${plural(rows, 'row')}`,
  );
  lines.push(counts.trimEnd(), ...kept, `sha-256 ${hash}`);
  if (differences === 0) lines.push('no differences');
  else {
    lines.push(
      plural(differences, 'difference'),
      ...first_differences.map((one) => `  ${printable(describe(one))}`),
    );
    const more = differences - first_differences.length;
    if (more > 0) lines.push(`  and ${more} more`);
  }
  return `${lines.join('\n')}\n`;
}

function describe({ table, key, kind, columns }: Difference): string {
  const where = `${table} ${key.join(' ')}: `;
  if (kind !== 'different') return where + kind;
  return (
    where +
    columns
      .map(({ name, expected, found }) => `${name} is ${found ?? 'missing'}, expected ${expected ?? 'none'}`)
      .join('; ')
  );
}

/** Explains differences that may not be errors. */
function hint({ is_current, moved }: Verification): string {
  if (moved) return '; staging/ changed during the check; run it again when no execution is running';
  return is_current
    ? ''
    : '; kpis/ was computed from other versions of staging/ or in another time zone: check for a running or failed execution';
}

function parseTimeZone(name: string): string {
  if (isTimeZone(name)) return name;
  throw new InvalidArgumentError('Expected an IANA time zone, such as Europe/Berlin.');
}
