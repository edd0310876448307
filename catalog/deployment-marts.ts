import type { Contract } from '../domain/contract';
import type { Mart } from '../domain/mart';
import { INCLUDED_MARTS } from './included-marts';
import { MART_INPUTS } from './inputs';
import { type MartSet, readMartFolders } from './mart-folder';
import { inOrder } from './mart-graph';

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

/** The included marts that are computed from kinds of events, through other marts or not: those that a deployment without events leaves out. */
export function eventMarts(contracts: readonly Contract[]): string[] {
  const kinds = contracts.flatMap(({ kind, events }) => (events === undefined ? [] : [kind, events.items]));
  const views = MART_INPUTS.filter(({ kind }) => kinds.includes(kind)).map(({ view }) => view);
  const found = new Set<string>();
  for (const mart of inOrder(INCLUDED_MARTS.marts)) {
    if (readsOf(mart).some((name) => kinds.includes(name) || views.includes(name) || found.has(name)))
      found.add(mart.name);
  }
  return [...found].sort();
}

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
