import type { RuleInput } from 'local-aws/faults';
import { changedTemplate, setSmallBatchBytes, type TemplateResource } from '../builders/changed-template';

/** How the pipeline is set up in which faults are tried. */
export interface Setting {
  /**
   * What runs the tasks: functions, as those of a small batch, or Fargate. A function that is killed hands its task, and
   * those that follow, on to Fargate: of faults that kill several functions, only the first is met.
   */
  readonly tasksOn: 'lambda' | 'fargate';
  /** The updates go four files at a time, and the first four come back, once their rows are in: they are set aside. */
  readonly returns: boolean;
  /** The history and the updates are events; otherwise tables of a shop. */
  readonly events: boolean;
}

export const AS_EVER: Setting = { tasksOn: 'fargate', returns: false, events: false };

/** How far the list of executions is behind, as it can be on AWS. */
export const LIST_LAG_MS = 1500;

const FILES_AT_A_TIME = 4;
/** As often as Step Functions calls a function that Lambda does not run (state-machine/retry-policies.ts). */
const CALLS = 6;

/** The template of such a pipeline, in a directory of its own. */
export function templateFor({ tasksOn, returns }: Setting, directory: string): string {
  return changedTemplate((resources) => {
    if (tasksOn === 'fargate') setSmallBatchBytes(resources, 0);
    if (returns) variablesOf(resources, 'Pipeline-Orchestrator').MAX_BATCH_FILES = String(FILES_AT_A_TIME);
  }, directory);
}

function variablesOf(
  resources: Record<string, TemplateResource>,
  functionName: string,
): Record<string, unknown> {
  const found = Object.values(resources).find(({ Properties }) => Properties?.FunctionName === functionName);
  if (!found) throw new Error(`the template has no function ${functionName}`);
  return found.Properties.Environment.Variables;
}

/** What fails in every run of the updates, the undisturbed one, too. */
export function ownRules({ returns }: Setting): RuleInput[] {
  if (!returns) return [];
  return Array.from({ length: CALLS }, (_, index) => ({
    service: 'lambda',
    operation: 'Invoke',
    resource: 'Pipeline-Move',
    nth: index + 1,
    effect: { do: 'refuse' },
  }));
}
