import type { Snapshot } from '../../lake/snapshot';
import type { TableSpec } from '../../lake/table-spec';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';
import type { LakeSession } from './session';
import type { Snapshots } from './snapshots';

/** A lake that is open: its session, and its tables as they are now. */
export interface OpenLake extends LakeSession {
  readonly snapshots: Snapshots;
}

/**
 * One lake session for a process that is asked again and again: opened by the first who asks, with what it downloaded kept
 * for the next, until it is closed.
 */
export class LakeReader {
  private opened: Promise<OpenLake> | undefined;
  private readonly running = new Set<Promise<unknown>>();
  private readonly closing = new AbortController();

  constructor(private readonly deployment: Deployment) {}

  /**
   * @param work is told by the signal where nobody waits for it any more, or the lake is closed
   * @param signal of who asks
   */
  async use<Result>(
    work: (lake: OpenLake, signal: AbortSignal) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    this.closing.signal.throwIfAborted();
    this.opened ??= this.open();
    const ended = AbortSignal.any([this.closing.signal, ...(signal ? [signal] : [])]);
    const running = this.opened.then((lake) => work(lake, ended));
    this.running.add(running);
    try {
      return await running;
    } finally {
      this.running.delete(running);
    }
  }

  /** Stops what runs, and removes what was downloaded. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled(this.running);
    const lake = await this.opened?.catch(() => undefined);
    await lake?.close();
  }

  private async open(): Promise<OpenLake> {
    try {
      // DuckDB is loaded by what needs it alone.
      const { openLakeSession } = await import('./session');
      const { Snapshots: SnapshotsOf } = await import('./snapshots');
      const session = await openLakeSession(this.deployment);
      return { ...session, snapshots: new SnapshotsOf(session.lake) };
    } catch (error) {
      // Tried again by the next who asks.
      this.opened = undefined;
      throw error;
    }
  }
}

/** The newest snapshot of a table. @throws DeploymentError where it is not there */
export async function newestOf({ snapshots }: OpenLake, { name, location }: TableSpec): Promise<Snapshot> {
  const snapshot = await snapshots.newest(location);
  if (snapshot) return snapshot;
  throw new DeploymentError(
    `there is no table ${name} yet: it is made by the first execution with a file for it`,
  );
}

/**
 * A table at a version, the newest where none is given.
 * @throws DeploymentError where the log does not hold that version (any more), and as newestOf does
 */
export async function snapshotAt(
  open: OpenLake,
  spec: TableSpec,
  version?: number,
): Promise<{ readonly snapshot: Snapshot; readonly newest: Snapshot }> {
  const newest = await newestOf(open, spec);
  if (version === undefined || version === newest.version) return { snapshot: newest, newest };
  const { readSnapshot } = await import('../../lake/snapshot');
  const { BrokenLogError } = await import('../../lake/errors');
  const snapshot = await readSnapshot(open.lake, spec.location, version).catch((error: unknown) => {
    // The entries before the oldest checkpoint were cleaned up.
    if (error instanceof BrokenLogError) return undefined;
    throw error;
  });
  if (snapshot?.version === version) return { snapshot, newest };
  throw new DeploymentError(
    `version ${version} of ${spec.name} cannot be read: the log holds nothing of it (any more); the newest version is ${newest.version}`,
  );
}
