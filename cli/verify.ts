import { Command, InvalidArgumentError } from 'commander';
import { catalog } from '../catalog/catalog';
import type { ServedMart } from '../domain/mart';
import { plural } from '../domain/plural';
import { isTimeZone } from '../domain/time';
import { connect, disconnect } from '../operations/deployment';
import type { VerifiedEventDay } from '../operations/events/views';
import type { Difference } from '../operations/kpis/compare-rows';
import type { Verification } from '../operations/kpis/verify';
import { findMart } from '../operations/marts/choice';
import type { WarehouseVerification } from '../operations/warehouse/views';
import { CommandFailure } from './failure';
import { withLakeSession } from './lake-session';
import { wholeNumber } from './numbers';
import { withProgress } from './progress';
import { formatReceived, missingEvents, verifyReceivedEvents } from './received-verify';
import { formatTable, printable } from './table';
import { formatWarehouse, verifyDeployedWarehouse } from './warehouse-verify';

interface Options {
  readonly mart: readonly string[];
  readonly timeZone?: string;
  readonly eventDays: number;
  readonly json?: boolean;
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description(
      'compute every mart from scratch and compare it with its table and DynamoDB; look up every event that was received',
    )
    .option(
      '--mart <name>',
      'only this mart and those that it is computed from; can be repeated',
      (name: string, before: readonly string[]) => [...before, findMart(catalog.marts, name).name],
      [],
    )
    .option('--time-zone <name>', 'reporting time zone (default: that of the marts)', parseTimeZone)
    .option(
      '--event-days <n>',
      'look up every event that was received in the last days, today included; 0: none',
      wholeNumber(0, 90),
      7,
    )
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Reads all of staging/ and changes nothing; histories, the warehouse and received events are verified unless --mart is given.
The exit code is 1 if there are differences. During an execution, DynamoDB may be
behind the lake, so run it when no execution is running.

Examples:
  $ daybook verify
  $ daybook verify --mart product_sales`,
    )
    .action(async (options: Options) => {
      const verification = await runVerify(options);
      const { warehouse, events } = verification;
      const text =
        format(verification) + formatReceived(events) + (warehouse ? `${formatWarehouse(warehouse)}\n` : '');
      process.stdout.write(options.json ? `${JSON.stringify(verification)}\n` : text);
      const { differences } = verification;
      if (differences > 0)
        throw new CommandFailure(`${plural(differences, 'difference')}${hint(verification)}`);
      if (missingEvents(events) > 0)
        throw new CommandFailure(
          `${plural(missingEvents(events), 'event')} missing in the lake: reprocess their files with daybook replay`,
        );
      if (warehouse && warehouse.differences > 0)
        throw new CommandFailure(
          `the warehouse has ${plural(warehouse.differences, 'different row')}; load it with daybook warehouse load`,
        );
    });
}

interface Verified extends Verification {
  /** Newest day first. */
  readonly events: readonly VerifiedEventDay[];
  /** If there is one. */
  readonly warehouse?: WarehouseVerification;
}

/** The warehouse and events only if all marts are verified. */
async function runVerify({ mart, timeZone, eventDays, json }: Options): Promise<Verified> {
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
    const marts = mart.length > 0 ? mart : undefined;
    return await withProgress('computing from the lake', { json }, async ({ update }) => {
      const onProgress = (name: string, done: number, all: number) =>
        update(`${name} (${done + 1} of ${all})`);
      const verified = await withLakeSession(deployment, async (session) => {
        const { lake } = session;
        const verification = await verify({ lake, catalog, marts, timeZone, itemsOf, onProgress });
        if (marts) return { ...verification, events: [] };
        update('received events');
        return { ...verification, events: await verifyReceivedEvents(deployment, session, eventDays) };
      });
      if (marts) return verified;
      update('warehouse');
      const warehouse = await verifyDeployedWarehouse(deployment);
      return { ...verified, ...(warehouse && { warehouse }) };
    });
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
      { heading: 'mart', text: ({ table }) => table },
      { heading: 'computed', right: true, text: ({ expected }) => String(expected) },
      { heading: 'DynamoDB', right: true, text: ({ items }) => String(items ?? '-') },
      { heading: 'lake', right: true, text: ({ rows }) => String(rows) },
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
    : '; the marts were computed from other versions of staging/ or in another time zone: check for a running or failed execution';
}

function parseTimeZone(name: string): string {
  if (isTimeZone(name)) return name;
  throw new InvalidArgumentError('Expected an IANA time zone, such as Europe/Berlin.');
}
