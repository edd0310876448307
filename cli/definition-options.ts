import { Option } from 'commander';

/** How the contracts and marts of a deployment differ from the included ones. */
export interface DefinitionOptions {
  /** Folders. */
  readonly contracts: readonly string[];
  /** Folders. */
  readonly marts: readonly string[];
  /** Names of included marts. */
  readonly withoutMarts: readonly string[];
}

/**
 * What a command line names, or else DAYBOOK_CONTRACTS, DAYBOOK_MARTS and DAYBOOK_WITHOUT_MARTS; nothing for the included
 * definitions.
 */
export function definitionOptions(
  args: readonly string[],
  { DAYBOOK_CONTRACTS, DAYBOOK_MARTS, DAYBOOK_WITHOUT_MARTS }: Readonly<Record<string, string | undefined>>,
): DefinitionOptions {
  return {
    contracts: listOf(optionValue(args, '--contracts') ?? DAYBOOK_CONTRACTS),
    marts: listOf(optionValue(args, '--marts') ?? DAYBOOK_MARTS),
    withoutMarts: listOf(optionValue(args, '--without-marts') ?? DAYBOOK_WITHOUT_MARTS),
  };
}

/** True for the definitions of the build. */
export const areIncluded = ({ contracts, marts, withoutMarts }: DefinitionOptions): boolean =>
  contracts.length + marts.length + withoutMarts.length === 0;

function optionValue(args: readonly string[], option: string): string | undefined {
  const at = args.findIndex((word) => word === option || word.startsWith(`${option}=`));
  const word = args[at];
  return word === option ? args[at + 1] : word?.slice(`${option}=`.length);
}

const listOf = (text = ''): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Evaluated by {@link definitionOptions}, before the commands are loaded. */
export const contractsOption = (): Option =>
  new Option(
    '--contracts <folders>',
    'folders with contracts, separated by commas (default: DAYBOOK_CONTRACTS)',
  );

/** Evaluated likewise. */
export const martsOption = (): Option =>
  new Option('--marts <folders>', 'folders with marts, separated by commas (default: DAYBOOK_MARTS)');

/** Evaluated likewise. */
export const withoutMartsOption = (): Option =>
  new Option(
    '--without-marts <names>',
    'included marts to leave out, separated by commas (default: DAYBOOK_WITHOUT_MARTS)',
  );
