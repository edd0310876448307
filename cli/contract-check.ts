import { Command, InvalidArgumentError } from 'commander';
import { catalog } from '../catalog/catalog';
import { formWords } from '../domain/file-form';
import { plural } from '../domain/plural';
import { isTimeZone } from '../domain/time';
import { isCurrency } from '../domain/values';
import { onlyContract } from '../operations/contracts/one-contract';
import type { CheckedTable, FileCheck } from '../operations/contracts/views';
import { contractsOption } from './definition-options';
import { CommandFailure } from './failure';
import { share } from './numbers';
import { formatBytes, formatTable, printable } from './table';
import { filesOf } from './upload';

interface Options {
  readonly contract?: string;
  readonly timeZone: string;
  readonly currency?: string;
  readonly maxBadRowShare: number;
  readonly json?: boolean;
}

export function contractCheckCommand(): Command {
  return new Command('check')
    .description('show what a pipeline would do with files, without running one')
    .argument('<paths...>', 'files or directories')
    .option('--contract <kind>', 'read every file by this contract, whatever its name and header')
    .addOption(contractsOption())
    .option('--time-zone <name>', 'the reporting time zone of the deployment', timeZone, 'UTC')
    .option('--currency <code>', "the shop's currency, such as EUR", currency)
    .option('--max-bad-row-share <share>', 'a larger share of bad rows rejects the file', share(1), 0.2)
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
The exit code is 1 if a file would be rejected, or some of its rows.

Examples:
  $ daybook contract check exports/orders.csv
  $ daybook contract check --contracts our-contracts exports --json`,
    )
    .action(async (paths: string[], options: Options) => {
      const { checkFiles } = await import('../operations/contracts/check-files');
      const files = await filesOf(paths);
      if (files.length === 0) throw new CommandFailure('there are no files in these directories');
      const checks = await checkFiles(files, {
        catalog: options.contract === undefined ? catalog : onlyContract(catalog, options.contract),
        maxBadRowShare: options.maxBadRowShare,
        timeZone: options.timeZone,
        currency: options.currency,
      });
      process.stdout.write(options.json ? `${JSON.stringify(checks)}\n` : checks.map(formatCheck).join('\n'));
      const rejected = checks.filter(({ outcome }) => outcome === 'rejected').length;
      const badRows = checks.reduce((sum, { bad_rows }) => sum + bad_rows, 0);
      if (rejected + badRows > 0) {
        const inAll = `${rejected} of ${plural(checks.length, 'file')} would be rejected`;
        throw new CommandFailure(`${inAll}; ${plural(badRows, 'row')} would be listed as bad`);
      }
    });
}

function formatCheck(check: FileCheck): string {
  const { name, outcome, kind, bytes, form, reason, rows, bad_rows, tables } = check;
  const words = formWords(form);
  const lines = [
    `${printable(name)}  ${formatBytes(bytes)}  ${outcome}`,
    ...(words === '' ? [] : [`  ${words}`]),
    ...(kind === null ? [] : [`  kind ${kind}`]),
    ...(reason === null ? [`  ${plural(rows, 'row')}, ${bad_rows} bad`] : rejectionLines(reason)),
    ...columnLine('ignored columns', check.extra_columns),
    ...columnLine('missing columns, read as no value', check.missing_columns),
  ];
  return `${lines.join('\n')}\n${tables.map(firstRows).join('')}${firstBadRows(check)}`;
}

function rejectionLines({ reason, remedy, details }: NonNullable<FileCheck['reason']>): string[] {
  return [
    `  ${printable(reason)}`,
    `  remedy: ${printable(remedy)}`,
    ...details.map((one) => `    ${printable(one)}`),
  ];
}

const columnLine = (title: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`  ${title}: ${printable(names.join(', '))}`];

const MAX_CELL = 30;

function firstRows({ kind, contract, rows, columns, first_rows }: CheckedTable): string {
  if (first_rows.length === 0) return '';
  const table = formatTable(
    columns.map(({ name, type }, at) => ({
      heading: `${name} ${type}`,
      text: (row: CheckedTable['first_rows'][number]) => cut(row[at] ?? '', MAX_CELL),
    })),
    first_rows,
  );
  const replaced = columns.filter(({ pseudonymized }) => pseudonymized).map(({ name }) => name);
  const note = columnLine('pseudonymized, shown with another key than that of a deployment', replaced);
  return `  ${plural(rows, 'row')} of ${kind}, contract ${contract}\n${note.map((line) => `${line}\n`).join('')}${table}`;
}

function firstBadRows({ first_bad_rows, bad_rows }: FileCheck): string {
  if (first_bad_rows.length === 0) return '';
  const more = bad_rows - first_bad_rows.length;
  const table = formatTable(
    [
      { heading: 'line', right: true, text: ({ line }) => String(line) },
      { heading: 'column', text: ({ column }) => column },
      { heading: 'bad row', text: ({ reason }) => reason },
    ],
    first_bad_rows,
  );
  return `${table}${more > 0 ? `  and ${plural(more, 'more bad row')}\n` : ''}`;
}

const cut = (text: string, length: number) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

function timeZone(text: string): string {
  if (isTimeZone(text)) return text;
  throw new InvalidArgumentError('Expected an IANA time zone such as Europe/Berlin.');
}

function currency(text: string): string {
  if (isCurrency(text)) return text;
  throw new InvalidArgumentError('Expected an ISO 4217 code such as EUR.');
}
