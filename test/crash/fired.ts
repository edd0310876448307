import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type FaultPlan, type RuleInput, ruleSchema } from 'local-aws/faults';

/** In a run's directory: the rules whose call has come, so that they outlive an endpoint which one of them kills. */
const fileIn = (directory: string): string => path.join(directory, 'fired');

const textOf = (rule: RuleInput): string => JSON.stringify(ruleSchema.parse(rule));

/** Has a plan write every rule down that meets its call. */
export function keepFired(plan: FaultPlan, directory: string): void {
  const match = plan.match.bind(plan);
  plan.match = (...call) => {
    const before = plan.fired.length;
    const effect = match(...call);
    for (const rule of plan.fired.slice(before)) appendFileSync(fileIn(directory), `${textOf(rule)}\n`);
    return effect;
  };
}

/** Which of the rules have met their call in this directory, in whichever process. */
export function firedOf(rules: readonly RuleInput[], directory: string): RuleInput[] {
  const file = fileIn(directory);
  const lines = new Set(existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);
  return rules.filter((rule) => lines.has(textOf(rule)));
}
