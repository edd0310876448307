import { type Pattern, pattern } from '../iam/wildcard';
import { type Call, isAnsweredEarly, isWrite } from './call';
import { type Effect, type Rule, type RuleInput, ruleSchema } from './rule';

/** A write of a run, numbered from 1 in start order. */
export interface NumberedWrite extends Call {
  readonly n: number;
  /** Position among the writes with equal service, operation, resource and caller, from 1. */
  readonly nth: number;
  /** True if the caller is a process that can be killed. */
  readonly hasProcess: boolean;
}

const PARTS = ['service', 'operation', 'resource', 'caller'] as const;

interface Armed {
  readonly rule: Rule;
  readonly patterns: readonly [part: (typeof PARTS)[number], matches: Pattern][];
  /** Number of matching calls so far. */
  matched: number;
}

/** The rules of a run, and its writes. */
export class FaultPlan {
  private armed: Armed[] = [];
  private list: NumberedWrite[] = [];
  private readonly counts = new Map<string, number>();
  private readonly firedRules: Rule[] = [];
  /** SDK invocations with a fault, and the number of attempts that it still affects. */
  private readonly invocations = new Map<string, { readonly effect: Effect; left: number } | undefined>();

  /** The writes since the last `clear`. */
  get writes(): readonly NumberedWrite[] {
    return this.list;
  }

  /** The rules that have taken effect. */
  get fired(): readonly Rule[] {
    return this.firedRules;
  }

  /** @throws ZodError */
  put(input: RuleInput): void {
    const rule = ruleSchema.parse(input);
    this.armed.push({ rule, patterns: PARTS.map((part) => [part, pattern(rule[part])]), matched: 0 });
  }

  clear(): void {
    this.armed = [];
    this.list = [];
    this.counts.clear();
    this.firedRules.length = 0;
    this.invocations.clear();
  }

  /**
   * Records a call and returns its fault, if any.
   * @param invocation the id that all attempts of an SDK invocation share; they count as one call
   */
  match(call: Call, hasProcess: boolean, invocation?: string): Effect | undefined {
    if (invocation !== undefined && this.invocations.has(invocation)) return this.matchRetry(invocation);
    if (isWrite(call)) this.record(call, hasProcess);
    const effect = this.effectOn(call);
    if (invocation !== undefined) {
      const left = effect?.do === 'refuse' ? effect.attempts - 1 : 0;
      this.invocations.set(invocation, effect && { effect, left });
    }
    return effect;
  }

  private matchRetry(invocation: string): Effect | undefined {
    const fault = this.invocations.get(invocation);
    if (!fault || fault.left === 0) return undefined;
    fault.left--;
    return fault.effect;
  }

  private record(call: Call, hasProcess: boolean): void {
    const identity = PARTS.map((part) => call[part]).join('\n');
    const nth = (this.counts.get(identity) ?? 0) + 1;
    this.counts.set(identity, nth);
    this.list.push({ ...call, n: this.list.length + 1, nth, hasProcess });
  }

  /** Every matching rule counts the call, but only one takes effect. */
  private effectOn(call: Call): Effect | undefined {
    let effect: Effect | undefined;
    for (const armed of this.armed) {
      if (!armed.patterns.every(([part, { matches }]) => matches(call[part]))) continue;
      if (!isPossible(armed.rule.effect, call)) continue;
      armed.matched++;
      if (armed.matched !== armed.rule.nth || effect) continue;
      effect = armed.rule.effect;
      this.firedRules.push(armed.rule);
    }
    return effect;
  }
}

/** False for an answer that AWS does not give to the call: such a rule waits for another one. */
function isPossible(effect: Effect, call: Call): boolean {
  if (effect.do !== 'refuse') return true;
  if (effect.how === 'conflict') return call.isConditional === true;
  return effect.how !== 'error-in-200' || isAnsweredEarly(call);
}
