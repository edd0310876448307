import { Argument, Command } from 'commander';
import { catalog } from '../catalog/catalog';
import { contractsInUse } from '../catalog/contracts-in-use';
import { contractYaml, listContracts, showContract } from '../operations/contracts/list';
import type { ListedContract } from '../operations/contracts/views';
import { contractsOption } from './definition-options';
import { formatTable } from './table';

export function contractListCommand(): Command {
  return new Command('list')
    .description('list the contracts and sources with their keys, files and hashes')
    .addOption(contractsOption())
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ daybook contract list --contracts our-contracts')
    .action(({ json }: { json?: boolean }) => {
      const listed = listContracts(catalog, contractsInUse().contracts.files);
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
      process.stdout.write(
        json ? `${JSON.stringify(showContract(catalog, name))}\n` : contractYaml(catalog, name),
      );
    });
}

function formatList(listed: readonly ListedContract[]): string {
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
