import { createHash } from 'node:crypto';
import type { Definitions } from '../../catalog/catalog';
import { BLANKS, CATEGORY_LENGTH } from '../../domain/cleaning';
import type { Contract } from '../../domain/contract';
import type { Mart } from '../../domain/mart';
import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import type { Txn } from '../../lake/merge';
import type { Snapshot } from '../../lake/snapshot';

/** The staging snapshots that a run read, by kind; undefined for a table that does not exist. */
export type Staging = Readonly<Record<string, Snapshot | undefined>>;

const DEFINITION = 'daybook/rules';
const TIME_ZONE = 'daybook/time-zone';
const stagingApp = (kind: string): string => `daybook/staging/${kind}`;

/** The basis of a mart as the `txn` actions of its commit: the staging versions, the definition, the time zone. */
export function basisOf(mart: Mart, definitions: Definitions, staging: Staging, timeZone: string): Txn[] {
  const versions = mart.reads.flatMap((kind) => {
    const version = staging[kind]?.version;
    return version === undefined ? [] : [{ appId: stagingApp(kind), version }];
  });
  return [
    ...versions,
    { appId: DEFINITION, version: definitionVersion(mart, definitions, timeZone) },
    { appId: TIME_ZONE, version: hashOf(timeZone) },
  ];
}

export function isUpToDate(table: Snapshot | undefined, basis: readonly Txn[]): boolean {
  return basis.every(({ appId, version }) => table?.txns.get(appId) === version);
}

/**
 * The staging versions that a mart was computed from, by kind; -1 for a table that did not exist. Undefined if the mart was
 * never computed, or with another definition: then every day must be computed.
 */
export function computedFrom(
  table: Snapshot | undefined,
  mart: Mart,
  definitions: Definitions,
  timeZone: string,
): Readonly<Record<string, number>> | undefined {
  if (table?.txns.get(DEFINITION) !== definitionVersion(mart, definitions, timeZone)) return undefined;
  return Object.fromEntries(mart.reads.map((kind) => [kind, table.txns.get(stagingApp(kind)) ?? -1]));
}

/** The reporting time zone that a mart was computed in; undefined if it is none of the given ones. */
export function timeZoneOf(table: Snapshot, timeZones: readonly string[]): string | undefined {
  const version = table.txns.get(TIME_ZONE);
  return timeZones.find((timeZone) => hashOf(timeZone) === version);
}

/** A hash of everything that can change a value: the queries, the columns, the contracts read, the time zone. */
export function definitionVersion(mart: Mart, { contracts, inputs }: Definitions, timeZone: string): number {
  const isRead = ({ kind }: { readonly kind: string }) => mart.reads.includes(kind);
  const { sql, columns, key, reads } = mart;
  return hashOf([
    { sql, columns, key, reads },
    inputs.filter(isRead),
    reads.map((kind) => rowsOf(contracts.find((contract) => contract.kind === kind))),
    timeZone,
    [BLANKS, CATEGORY_LENGTH, sparkFunctionsSql],
  ]);
}

/** What a contract says about the rows of its table; how they were written in files does not matter. */
const rowsOf = (contract: Contract | undefined) =>
  contract && [
    contract.kind,
    contract.key,
    contract.columns.map(({ name, type, required }) => ({ name, type, required })),
  ];

/** 48 bits of SHA-256, because the version of a `txn` is a number. */
const hashOf = (value: unknown): number =>
  createHash('sha256').update(JSON.stringify(value)).digest().readUIntBE(0, 6);
