import type { Snapshot } from '../../lake/snapshot';
import type { TableSpec } from '../../lake/table-spec';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';
import type { LakeSession } from './session';
import type { Snapshots } from './snapshots';

/** An open lake session, with cached snapshots of its tables. */
export interface OpenLake extends LakeSession {
  readonly snapshots: Snapshots;
}

/**
 * A shared lake session for a long-running process: opened on first use, it keeps its downloads for later requests until it
 * is closed.
 */
export class LakeReader {
  private opened: Promise<OpenLake> | undefined;
  private readonly running = new Set<Promise<unknown>>();
  private readonly closing = new AbortController();

  constructor(private readonly deployment: Deployment) {}

  /**
   * @param work its signal aborts when the caller's does, or the reader is closed
   * @param signal the caller's
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

  /** Aborts running work and deletes the downloads. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled(this.running);
    const lake = await this.opened?.catch(() => undefined);
    await lake?.close();
  }

  private async open(): Promise<OpenLake> {
    try {
      // Loads DuckDB only when it is needed.
      const { openLakeSession } = await import('./session');
      const { Snapshots: SnapshotsOf } = await import('./snapshots');
      const session = await openLakeSession(this.deployment);
      return { ...session, snapshots: new SnapshotsOf(session.lake) };
    } catch (error) {
      // The next caller tries again.
      this.opened = undefined;
      throw error;
    }
  }
}

/** The newest snapshot of a table. @throws DeploymentError if it does not exist */
export async function newestOf({ snapshots }: OpenLake, { name, location }: TableSpec): Promise<Snapshot> {
  const snapshot = await snapshots.newest(location);
  if (snapshot) return snapshot;
  throw new DeploymentError(
    `table ${name} does not exist yet: the first execution with a file for it creates it`,
  );
}

/**
 * A table at a version, by default the newest.
 * @throws DeploymentError if the log does not contain that version (any more), and like newestOf
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
    // The entries before the oldest checkpoint were deleted.
    if (error instanceof BrokenLogError) return undefined;
    throw error;
  });
  if (snapshot?.version === version) return { snapshot, newest };
  throw new DeploymentError(
    `version ${version} of ${spec.name} is not in the log (any more); the newest version is ${newest.version}`,
  );
}
