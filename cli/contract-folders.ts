import { Option } from 'commander';

/** The folders of contracts that a command line names, or else DAYBOOK_CONTRACTS; none for the included contracts. */
export function contractFolders(
  args: readonly string[],
  { DAYBOOK_CONTRACTS }: Readonly<Record<string, string | undefined>>,
): string[] {
  const at = args.findIndex((word) => word === '--contracts' || word.startsWith('--contracts='));
  const word = args[at];
  const named = word === '--contracts' ? args[at + 1] : word?.slice('--contracts='.length);
  return (named ?? DAYBOOK_CONTRACTS ?? '')
    .split(',')
    .map((folder) => folder.trim())
    .filter((folder) => folder !== '');
}

/** Evaluated by {@link contractFolders}, before the commands are loaded. */
export const contractsOption = (): Option =>
  new Option(
    '--contracts <folders>',
    'folders with contracts, separated by commas (default: DAYBOOK_CONTRACTS)',
  );
