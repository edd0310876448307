import { Option } from 'commander';

/** Folders of definitions that a deployment adds to the included ones. */
export interface DefinitionFolders {
  readonly contracts: readonly string[];
  readonly marts: readonly string[];
}

/** The folders that a command line names, or else DAYBOOK_CONTRACTS and DAYBOOK_MARTS; none for the included definitions. */
export function definitionFolders(
  args: readonly string[],
  { DAYBOOK_CONTRACTS, DAYBOOK_MARTS }: Readonly<Record<string, string | undefined>>,
): DefinitionFolders {
  return {
    contracts: foldersOf(optionValue(args, '--contracts') ?? DAYBOOK_CONTRACTS),
    marts: foldersOf(optionValue(args, '--marts') ?? DAYBOOK_MARTS),
  };
}

function optionValue(args: readonly string[], option: string): string | undefined {
  const at = args.findIndex((word) => word === option || word.startsWith(`${option}=`));
  const word = args[at];
  return word === option ? args[at + 1] : word?.slice(`${option}=`.length);
}

const foldersOf = (text = ''): string[] =>
  text
    .split(',')
    .map((folder) => folder.trim())
    .filter((folder) => folder !== '');

/** Evaluated by {@link definitionFolders}, before the commands are loaded. */
export const contractsOption = (): Option =>
  new Option(
    '--contracts <folders>',
    'folders with contracts, separated by commas (default: DAYBOOK_CONTRACTS)',
  );

/** Evaluated likewise. */
export const martsOption = (): Option =>
  new Option('--marts <folders>', 'folders with marts, separated by commas (default: DAYBOOK_MARTS)');
