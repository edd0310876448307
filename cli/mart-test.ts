import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { parseCaseFile } from '../catalog/case-file';
import { catalog } from '../catalog/catalog';
import { FileFaultsError } from '../catalog/file-faults';
import { INCLUDED_MARTS } from '../catalog/included-marts';
import { martsInUse } from '../catalog/marts-in-use';
import type { Mart } from '../domain/mart';
import { plural } from '../domain/plural';
import { findMart } from '../operations/marts/choice';
import { packagePath } from '../package-path';
import { contractsOption, martsOption } from './definition-options';
import { CommandFailure } from './failure';
import { printable } from './table';

export function martTestCommand(): Command {
  return new Command('test')
    .description(
      'compute marts from the rows that their cases give, and compare them with those that they expect',
    )
    .argument('[names...]', 'marts (default: all)')
    .addHelpText(
      'after',
      `
The marts are the included ones, and those of --marts or DAYBOOK_MARTS. Needs no deployment. Each case names what differs, by row and column.

Examples:
  $ daybook mart test customer_value
  $ daybook mart test --marts our-marts`,
    )
    .addOption(martsOption())
    .addOption(contractsOption())
    .option('--json', 'print as JSON')
    .action(async (names: readonly string[], { json }: { json?: boolean }) => {
      const marts = names.length > 0 ? names.map((name) => findMart(catalog.marts, name)) : catalog.marts;
      const tested: TestedMart[] = [];
      for (const mart of marts) {
        const one = await testMart(mart);
        tested.push(one);
        if (!json) process.stdout.write(format(one));
      }
      if (json) process.stdout.write(`${JSON.stringify({ marts: tested })}\n`);
      const cases = tested.reduce((sum, one) => sum + one.cases, 0);
      const failed = tested.reduce((sum, one) => sum + one.failed.length, 0);
      if (failed > 0) throw new CommandFailure(`${failed} of ${plural(cases, 'case')} failed`);
      const untested = tested.filter((one) => one.cases === 0).map(({ file }) => file);
      if (untested.length > 0)
        throw new CommandFailure(
          `${plural(untested.length, 'mart')} without cases: add ${untested.join(', ')}`,
        );
    });
}

interface TestedMart {
  readonly mart: string;
  readonly file: string;
  /** 0 if there is no such file. */
  readonly cases: number;
  /** By row and column, what differs from what a case expects. */
  readonly failed: readonly {
    readonly case: string;
    readonly line: number;
    readonly differences: readonly string[];
  }[];
}

async function testMart(mart: Mart): Promise<TestedMart> {
  // Loads DuckDB only here.
  const { CaseError, runCase } = await import('../tasks/refresh/mart-cases');
  const place = path.join(folderOf(mart), 'cases.yaml');
  const file = path.relative('', place);
  if (!existsSync(place)) return { mart: mart.name, file, cases: 0, failed: [] };
  const parsed = parseCaseFile(readFileSync(place, 'utf8'));
  if ('faults' in parsed)
    throw new CommandFailure(new FileFaultsError(parsed.faults.map((fault) => ({ file, ...fault }))).message);
  const failed: TestedMart['failed'][number][] = [];
  for (const [at, one] of parsed.cases.entries()) {
    const differences = await runCase(catalog, mart, one).catch((error: unknown) => {
      if (error instanceof CaseError) return [error.message];
      throw error;
    });
    if (differences.length > 0) failed.push({ case: one.case, line: parsed.lineOf([at]), differences });
  }
  return { mart: mart.name, file, cases: parsed.cases.length, failed };
}

function format({ mart, file, cases, failed }: TestedMart): string {
  if (cases === 0) return `${mart}: no cases\n`;
  const lines = failed.flatMap(({ case: name, line, differences }) => [
    `${file}:${line}: ${printable(name)}`,
    ...differences.map((difference) => `  ${printable(difference)}`),
  ]);
  const result = failed.length === 0 ? 'all as expected' : `${failed.length} failed`;
  return [...lines, `${mart}: ${plural(cases, 'case')}, ${result}`, ''].join('\n');
}

/** The folder of a mart's files, of the included ones in this package. */
function folderOf({ name }: Mart): string {
  const folder = martsInUse().marts.folders[name];
  return folder === undefined || folder === INCLUDED_MARTS.folders[name]
    ? packagePath('marts', name)
    : folder;
}
