import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { CrashRun } from './crash-run';
import { type EndState, readEndState } from './end-state';
import { eventHistory, eventUpdates } from './event-files';
import { historyBatches, lonelyOrder, type ShopFile, updateBatch } from './files';
import { ownRules, type Setting } from './setting';
import { canonical, type Write } from './writes';

/** The initial state of every case, and the reference it is compared with. */
export interface Prepared {
  /** The data directory before the updates. */
  readonly base: string;
  /** The files uploaded in every case. */
  readonly files: readonly ShopFile[];
  readonly writes: readonly Write[];
  readonly undisturbed: EndState;
  readonly setting: Setting;
}

/** Files of a run that are not part of the pipeline's state. */
const OWN = ['pids', 'uploaded', 'logs'];

/** Loads a history of this many batches, and records the writes of an undisturbed run of the updates. */
export async function prepare(directory: string, batches: number, setting: Setting): Promise<Prepared> {
  const base = path.join(directory, 'base');
  mkdirSync(base, { recursive: true });
  const history = setting.events ? eventHistory(batches) : [...historyBatches(batches), lonelyOrder()];
  const merged = batches > 1 ? history : [history.flat()];
  const run = await CrashRun.start(base, setting);
  try {
    for (const files of merged) {
      await run.upload(files);
      await run.untilQuiet();
    }
  } finally {
    await run.stop();
  }
  for (const name of OWN) rmSync(path.join(base, name), { recursive: true, force: true });
  const files = setting.events ? eventUpdates() : updateBatch();
  const recorded = await copyOf(base, path.join(directory, 'undisturbed'));
  return { base, files, setting, ...(await record(recorded, files, setting)) };
}

async function record(
  directory: string,
  files: readonly ShopFile[],
  setting: Setting,
): Promise<Pick<Prepared, 'writes' | 'undisturbed'>> {
  const run = await CrashRun.start(directory, setting);
  try {
    run.arm(ownRules(setting));
    await run.upload(files);
    await run.untilQuiet();
    const writes = canonical(run.faults.plan.writes);
    const undisturbed = await readEndState(run, files);
    if (undisturbed.faults.length > 0) {
      throw new Error(`the undisturbed run already is at fault: ${undisturbed.faults.join('; ')}`);
    }
    return { writes, undisturbed };
  } finally {
    await run.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A separate data directory for one case. */
export async function copyOf(base: string, directory: string): Promise<string> {
  rmSync(directory, { recursive: true, force: true });
  cpSync(base, directory, { recursive: true });
  return directory;
}
