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
    .action(async (names: readonly string[]) => {
      const marts = names.length > 0 ? names.map((name) => findMart(catalog.marts, name)) : catalog.marts;
      let [cases, failed] = [0, 0];
      for (const mart of marts) {
        const tested = await testMart(mart);
        cases += tested.cases;
        failed += tested.failed;
      }
      if (failed > 0) throw new CommandFailure(`${failed} of ${plural(cases, 'case')} failed`);
    });
}

async function testMart(mart: Mart): Promise<{ cases: number; failed: number }> {
  // Loads DuckDB only here.
  const { CaseError, runCase } = await import('../tasks/refresh/mart-cases');
  const file = path.join(folderOf(mart), 'cases.yaml');
  if (!existsSync(file)) {
    process.stdout.write(`${mart.name}: no cases; add ${path.relative('', file)}\n`);
    return { cases: 0, failed: 0 };
  }
  const shown = path.relative('', file);
  const parsed = parseCaseFile(readFileSync(file, 'utf8'));
  if ('faults' in parsed)
    throw new FileFaultsError(parsed.faults.map((fault) => ({ file: shown, ...fault })));
  let failed = 0;
  for (const [at, one] of parsed.cases.entries()) {
    const differences = await runCase(catalog, mart, one).catch((error: unknown) => {
      if (error instanceof CaseError) return [error.message];
      throw error;
    });
    if (differences.length === 0) continue;
    failed += 1;
    process.stdout.write(`${shown}:${parsed.lineOf([at])}: ${printable(one.case)}\n`);
    for (const difference of differences) process.stdout.write(`  ${printable(difference)}\n`);
  }
  const { length } = parsed.cases;
  process.stdout.write(
    `${mart.name}: ${plural(length, 'case')}, ${failed === 0 ? 'all as expected' : `${failed} failed`}\n`,
  );
  return { cases: length, failed };
}

/** The folder of a mart's files, of the included ones in this package. */
function folderOf({ name }: Mart): string {
  const folder = martsInUse().marts.folders[name];
  return folder === undefined || folder === INCLUDED_MARTS.folders[name]
    ? packagePath('marts', name)
    : folder;
}
