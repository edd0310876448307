import { Argument, Command } from 'commander';
import { stringify } from 'yaml';
import { catalog } from '../catalog/catalog';
import { hashDefinition } from '../catalog/contract-hash';
import { contractsInUse } from '../catalog/contracts-in-use';
import type { Contract, Source } from '../domain/contract';
import { contractsOption } from './definition-options';
import { CommandFailure } from './failure';
import { formatTable } from './table';

interface Listed {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: number;
  readonly required: readonly string[];
  /** The kinds that a source gives rows to; none for a kind. */
  readonly maps: readonly string[];
  readonly file: string | null;
  readonly hash: string;
}

export function contractListCommand(): Command {
  return new Command('list')
    .description('list the contracts and sources with their keys, files and hashes')
    .addOption(contractsOption())
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ daybook contract list --contracts our-contracts')
    .action(({ json }: { json?: boolean }) => {
      const listed = [...catalog.contracts.map(listContract), ...catalog.sources.map(listSource)];
      const { contractsHash: hash } = catalog;
      process.stdout.write(
        json
          ? `${JSON.stringify({ hash, contracts: listed })}\n`
          : `${formatList(listed)}\n  hash of all: ${hash}\n`,
      );
    });
}

export function contractShowCommand(): Command {
  return new Command('show')
    .description('print a contract as YAML, with the defaults filled in')
    .addArgument(new Argument('<kind>', 'a kind, or the name of a source'))
    .addOption(contractsOption())
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ daybook contract show orders')
    .action((name: string, { json }: { json?: boolean }) => {
      const source = catalog.sources.find((one) => one.name === name);
      const shown = source ? showSource(source) : showContract(contractOf(name));
      process.stdout.write(
        json ? `${JSON.stringify(shown)}\n` : stringify(shown, { flowCollectionPadding: true }),
      );
    });
}

function contractOf(kind: string): Contract {
  const found = catalog.contracts.find((contract) => contract.kind === kind);
  if (found) return found;
  const names = [...catalog.kinds, ...catalog.sources.map((source) => source.name)];
  throw new CommandFailure(
    `there is no contract ${JSON.stringify(kind)}: expected one of ${names.join(', ')}`,
  );
}

const fileOf = (name: string) => contractsInUse().contracts.files[name] ?? null;

const requiredOf = ({ columns }: Contract | Source) =>
  columns.filter(({ required }) => required).map(({ name }) => name);

const listContract = (contract: Contract): Listed => ({
  name: contract.kind,
  key: contract.key,
  columns: contract.columns.length,
  required: requiredOf(contract),
  maps: [],
  file: fileOf(contract.kind),
  hash: hashDefinition(contract),
});

const listSource = (source: Source): Listed => ({
  name: source.name,
  key: [],
  columns: source.columns.length,
  required: requiredOf(source),
  maps: Object.keys(source.maps),
  file: fileOf(source.name),
  hash: hashDefinition(source),
});

function formatList(listed: readonly Listed[]): string {
  return formatTable(
    [
      { heading: 'name', text: ({ name }) => name },
      {
        heading: 'key',
        text: ({ key, maps }) => (maps.length > 0 ? `source of ${maps.join(', ')}` : key.join(', ')),
      },
      { heading: 'columns', right: true, text: ({ columns }) => String(columns) },
      { heading: 'required', text: ({ required }) => required.join(', ') },
      { heading: 'file', text: ({ file }) => file ?? '' },
      { heading: 'hash', text: ({ hash }) => hash },
    ],
    listed,
  );
}

/** As in a contract's file, which this output can be the start of. */
function showContract({ kind, columns, match, ...contract }: Contract): object {
  return {
    kind,
    ...contract,
    match: match ?? { names: [`${kind}*`] },
    columns: Object.fromEntries(columns.map(({ name, ...column }) => [name, column])),
  };
}

function showSource({ name, columns, ...source }: Source): object {
  return {
    source: name,
    ...source,
    columns: Object.fromEntries(columns.map(({ name: column, type: _, ...rest }) => [column, rest])),
  };
}
