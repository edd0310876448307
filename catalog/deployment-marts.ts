import type { Contract } from '../domain/contract';
import type { Mart } from '../domain/mart';
import { INCLUDED_MARTS } from './included-marts';
import { type MartSet, readMartFolders } from './mart-folder';

/** How the marts of a deployment differ from the included ones. */
export interface MartOptions {
  /** Folders with marts that are added to the included ones or replace them. */
  readonly marts: readonly string[];
  /** Names of included marts that are left out. */
  readonly withoutMarts: readonly string[];
}

/** Marts that a deployment cannot leave out; the message names each, the reason and the remedy. */
export class WithoutMartsError extends Error {
  override readonly name = 'WithoutMartsError';
}

/**
 * The marts of a deployment.
 * @param contracts those of the kinds that marts read
 * @throws WithoutMartsError if a mart to leave out is unknown or needed
 * @throws MartError that names every fault of every file
 */
export const deploymentMarts = (
  { marts, withoutMarts }: MartOptions,
  contracts: readonly Contract[],
): MartSet => readMartFolders(marts, leaveOut(INCLUDED_MARTS, withoutMarts), contracts);

function leaveOut({ marts, folders }: MartSet, names: readonly string[]): MartSet {
  const [left, kept] = [true, false].map((isLeft) =>
    marts.filter(({ name }) => names.includes(name) === isLeft),
  ) as [Mart[], Mart[]];
  const unknown = names.filter((name) => marts.every((mart) => mart.name !== name));
  const faults = [
    ...unknown.map(
      (name) => `there is no mart ${name}: expected one of ${marts.map((mart) => mart.name).join(', ')}`,
    ),
    ...left
      .filter(({ command }) => command !== undefined)
      .map(({ name, command }) => `${name} is needed by "daybook kpis ${command}" and the console: keep it`),
    ...left.flatMap(({ name }) => {
      const readers = kept
        .filter((mart) => readsOf(mart).includes(name))
        .map((mart) => mart.name)
        .join(', ');
      return readers === '' ? [] : [`${name} is read by ${readers}: leave out ${readers} as well`];
    }),
  ];
  if (faults.length > 0) throw new WithoutMartsError(`marts to leave out: ${faults.join('; ')}`);
  return {
    marts: kept,
    folders: Object.fromEntries(kept.map(({ name }) => [name, folders[name] ?? ''])),
  };
}

const readsOf = ({ inputs, view }: Mart): string[] => [
  ...inputs.map(({ name }) => name),
  ...(view?.reads ?? []),
];
