import { type Pattern, pattern } from '../iam/wildcard';
import { type Call, isWrite } from './call';
import { type Effect, type Rule, type RuleInput, ruleSchema } from './rule';

/** A write of a run, numbered from 1 in the order of their beginning. */
export interface NumberedWrite extends Call {
  readonly n: number;
  /** Which one it is of those that are alike in service, operation, resource and caller, from 1. */
  readonly nth: number;
  /** Whether there is a process that can be killed for it. */
  readonly hasProcess: boolean;
}

interface Armed {
  readonly rule: Rule;
  readonly patterns: readonly [part: keyof Call, matches: Pattern][];
  /** Calls that matched so far. */
  matched: number;
}

const PARTS = ['service', 'operation', 'resource', 'caller'] as const;

/** What is to go wrong, and what has been written. */
export class FaultPlan {
  private armed: Armed[] = [];
  private list: NumberedWrite[] = [];
  private readonly counts = new Map<string, number>();
  private readonly firedRules: Rule[] = [];
  /** Calls of SDKs that have met a fault, and for how many attempts it goes on. */
  private readonly invocations = new Map<string, { readonly effect: Effect; left: number } | undefined>();

  /** Since the last `clear`. */
  get writes(): readonly NumberedWrite[] {
    return this.list;
  }

  /** The rules whose call has come. */
  get fired(): readonly Rule[] {
    return this.firedRules;
  }

  /** @throws ZodError */
  put(input: RuleInput): void {
    const rule = ruleSchema.parse(input);
    this.armed.push({ rule, patterns: PARTS.map((part) => [part, pattern(rule[part])]), matched: 0 });
  }

  /** Forgets rules and writes. */
  clear(): void {
    this.armed = [];
    this.list = [];
    this.counts.clear();
    this.firedRules.length = 0;
    this.invocations.clear();
  }

  /**
   * What happens to a call that has just come.
   * @param invocation what the attempts of an SDK at one call have in common: they are one call
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

  /** Every rule counts the call, though only one can have its way. */
  private effectOn(call: Call): Effect | undefined {
    let effect: Effect | undefined;
    for (const armed of this.armed) {
      if (!armed.patterns.every(([part, { matches }]) => matches(call[part]))) continue;
      armed.matched++;
      if (armed.matched !== armed.rule.nth || effect) continue;
      effect = armed.rule.effect;
      this.firedRules.push(armed.rule);
    }
    return effect;
  }
}
