/** Fault injection, passed to `startLocal` or `startEndpoint` as `faults`. */
export { isAnsweredEarly } from './call';
export { Faults } from './faults';
export { FaultPlan, type NumberedWrite } from './plan';
export { type RuleInput, ruleSchema } from './rule';
export { callFaults } from './service';
