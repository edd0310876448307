import type { RuleInput } from 'local-aws/faults';
import { CrashRun } from './crash-run';
import { type EndState, problemsOf, readEndState } from './end-state';
import type { ShopFile } from './files';
import { ownRules, type Setting } from './setting';
import type { Mode, Write } from './writes';

/** The faults of one run. */
export interface PlannedCase {
  readonly faults: readonly { readonly write: Write; readonly mode: Mode }[];
}

export interface DoneCase extends PlannedCase, CaseResult {
  /** Number of faults that occurred. */
  readonly fired: number;
  readonly seconds: number;
}

/** One run with faults, in its own data directory. */
export interface CaseInput {
  readonly directory: string;
  readonly files: readonly ShopFile[];
  readonly rules: readonly RuleInput[];
  readonly undisturbed: EndState;
  readonly setting: Setting;
  readonly withDeltaRs: boolean;
}

export interface CaseResult {
  readonly problems: readonly string[];
  /** Number of orchestrator runs; the time in between is skipped. */
  readonly ticks: number;
}

/**
 * Uploads the files with the faults armed, lets the pipeline go on until it is quiet, and holds what it came to against the
 * undisturbed run. A fault that kills the endpoint kills this process: then to be called again, in another one, with the
 * rules that are left, on the same directory.
 */
export async function runCase(input: CaseInput): Promise<CaseResult> {
  const { directory, files, rules, undisturbed, setting, withDeltaRs } = input;
  const run = await CrashRun.start(directory, setting);
  let ticks = 0;
  try {
    run.arm([...rules, ...ownRules(setting)]);
    await run.upload(files);
    ticks = await run.untilQuiet();
    const found = await readEndState(run, files, withDeltaRs);
    return { problems: problemsOf(found, undisturbed), ticks };
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const lines = run.lines.slice(-6).map((line) => `  ${line}`);
    return { problems: [text, ...lines], ticks };
  } finally {
    await run.stop();
  }
}
