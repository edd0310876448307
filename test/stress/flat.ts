import type { ProcessSample } from './processes';

/** What is looked at. */
const NAMES = ['rssMb', 'openFiles', 'sockets', 'children'] as const;
export type Name = (typeof NAMES)[number];

/**
 * What may come and go while it works. Memory in MiB: what the collector leaves for later. Sockets: connections of a batch
 * that a function keeps for two minutes.
 */
const SLACK: Readonly<Record<Name, number>> = { rssMb: 40, openFiles: 8, sockets: 40, children: 4 };

/** At rest a process of a function has a connection of its own, one it waits at, and one that it keeps. */
const SOCKETS_A_CHILD = 3;
const FILES_A_CHILD = 1;

export interface Third {
  readonly name: Name;
  /** Medians of the first, second and last third. */
  readonly medians: readonly [number, number, number];
  readonly most: number;
}

/** How each went while the process worked. */
export function thirdsOf(samples: readonly ProcessSample[]): Third[] {
  const third = Math.ceil(samples.length / 3);
  return NAMES.map((name) => {
    const values = samples.map((one) => one[name]);
    const [first, second, last] = [0, 1, 2].map((at) => median(values.slice(at * third, (at + 1) * third)));
    return { name, medians: [first ?? 0, second ?? 0, last ?? 0], most: Math.max(...values) };
  });
}

/** What has grown: the last third is held against the first two, so that what only fills up at the beginning passes. */
export function growthOf(thirds: readonly Third[]): string[] {
  return thirds.flatMap(({ name, medians: [first, second, last] }) =>
    last > Math.max(first, second) + SLACK[name]
      ? [`${name} has grown from ${first} and ${second} to ${last}`]
      : [],
  );
}

/** What a process at rest holds after its work that it did not hold before, apart from what its children account for. */
export function leftOver(before: ProcessSample, after: ProcessSample): string[] {
  const more = Math.max(0, after.children - before.children);
  return [
    ...(after.sockets > before.sockets + more * SOCKETS_A_CHILD
      ? [`${after.sockets} sockets at rest, ${before.sockets} before, with ${more} more processes`]
      : []),
    ...(after.openFiles > before.openFiles + more * FILES_A_CHILD
      ? [`${after.openFiles} open files at rest, ${before.openFiles} before, with ${more} more processes`]
      : []),
  ];
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
