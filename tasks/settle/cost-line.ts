import { executionCost } from '../../cost/execution-cost';
import type { BilledSizes } from '../../cost/task-usage';
import { countTransitions } from '../../cost/transitions';
import type { ExecutionCost, TaskUsage } from '../../domain/workflow';
import pipeline from '../../state-machine/pipeline.asl.json';
import runTask from '../../state-machine/run-task.asl.json';

/** Of the result object of a task, what counts for its price. */
interface Attempt {
  readonly task: string;
  readonly usage?: TaskUsage | undefined;
  readonly tables?:
    | readonly { readonly table: string; readonly written?: number; readonly deleted?: number }[]
    | undefined;
}

const TRANSITIONS = countTransitions(pipeline, runTask);

/**
 * What an execution cost, from what its tasks' results tell of their attempts.
 * @param sizes what tasks are given; undefined: nobody said, and then there is no line
 */
export function costLine(
  attempts: readonly (Attempt | undefined)[],
  files: number,
  sizes: BilledSizes | undefined,
): { cost?: ExecutionCost } {
  if (!sizes) return {};
  const known = attempts.filter((attempt) => attempt !== undefined);
  const items = (name: string) =>
    known
      .flatMap(({ tables = [] }) => tables)
      .filter(({ table }) => table === name)
      .reduce((sum, { written = 0, deleted = 0 }) => sum + written + deleted, 0);
  const facts = {
    tasks: known.flatMap(({ task, usage }) => (usage ? [{ task, usage }] : [])),
    files,
    dayItems: items('order_kpis'),
    categoryItems: items('category_kpis'),
    transitions: TRANSITIONS,
  };
  return { cost: executionCost(facts, sizes) };
}
