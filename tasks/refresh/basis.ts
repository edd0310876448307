import { createHash } from 'node:crypto';
import { KINDS, type Kind } from '../../catalog/kinds';
import { BLANKS, CATEGORY_LENGTH } from '../../domain/cleaning';
import type { Txn } from '../../lake/merge';
import type { Snapshot } from '../../lake/snapshot';

/** The staging tables as a run found them. */
export type Staging = Readonly<Record<Kind, Snapshot | undefined>>;

/** Raised when the KPI queries change their meaning, so that what stands in kpis/ is computed anew. */
const QUERIES_VERSION = 2;

const RULES = 'daybook/rules';
const stagingApp = (kind: Kind): string => `daybook/staging/${kind}`;

/** What a KPI table is computed from, as the `txn` actions of its commit: the staging versions, and the rules. */
export function basisOf(staging: Staging, timeZone: string): Txn[] {
  const versions = KINDS.flatMap((kind) => {
    const version = staging[kind]?.version;
    return version === undefined ? [] : [{ appId: stagingApp(kind), version }];
  });
  return [...versions, { appId: RULES, version: rulesVersion(timeZone) }];
}

export function isUpToDate(kpis: Snapshot | undefined, basis: readonly Txn[]): boolean {
  return basis.every(({ appId, version }) => kpis?.txns.get(appId) === version);
}

/**
 * The staging versions that a KPI table was computed from, -1 for a table that was not there; undefined where it was
 * computed by other rules, or not at all, so that no difference tells what to compute.
 */
export function computedFrom(
  kpis: Snapshot | undefined,
  timeZone: string,
): Readonly<Record<Kind, number>> | undefined {
  if (kpis?.txns.get(RULES) !== rulesVersion(timeZone)) return undefined;
  const version = (kind: Kind) => kpis.txns.get(stagingApp(kind)) ?? -1;
  return { products: version('products'), orders: version('orders'), order_items: version('order_items') };
}

/**
 * The reporting time zone that a KPI table was computed in, of those given; undefined where it was none of them, or other
 * rules than these.
 */
export function timeZoneOf(kpis: Snapshot, timeZones: readonly string[]): string | undefined {
  const rules = kpis.txns.get(RULES);
  return timeZones.find((timeZone) => rulesVersion(timeZone) === rules);
}

/** A number that is another one for other rules: 48 bits of a hash, as a `txn` carries numbers alone. */
function rulesVersion(timeZone: string): number {
  const rules = JSON.stringify([QUERIES_VERSION, timeZone, BLANKS, CATEGORY_LENGTH]);
  return createHash('sha256').update(rules).digest().readUIntBE(0, 6);
}
