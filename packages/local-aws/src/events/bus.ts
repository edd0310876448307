import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '../iam/access';
import type { LambdaFunctions } from '../lambda/functions';
import type { EventMatcher } from './pattern';

export interface EventRule {
  readonly name: string;
  /** EventBridge on the rule's behalf, as the targets' own policies know it. */
  readonly caller: Caller;
  readonly matches: EventMatcher;
  readonly targets: readonly EventTarget[];
}

export interface EventTarget {
  readonly functionArn: string;
  /** JSON text handed on in place of the event. */
  readonly input: string | undefined;
}

/** Lambda tries an asynchronous invocation three times, minutes apart; here the pauses are short. */
const RETRY_PAUSES_MS = [1000, 2000];

/** The default event bus: hands each event to the functions of the rules that match it, without waiting for them. */
export class EventBus {
  private readonly rules = new Map<string, EventRule>();
  private readonly stopping = new AbortController();
  private deliveries = 0;

  constructor(
    private readonly functions: LambdaFunctions,
    private readonly log: (line: string) => void,
  ) {}

  putRule(rule: EventRule): void {
    this.rules.set(rule.name, rule);
  }

  emit(event: object): void {
    const text = JSON.stringify(event);
    for (const rule of this.rules.values()) {
      if (!rule.matches(event)) continue;
      for (const target of rule.targets) {
        this.deliveries++;
        void this.deliver(rule, target.functionArn, target.input ?? text).finally(() => this.deliveries--);
      }
    }
  }

  /** Whether an event is on its way to a function, or waits to be tried again. */
  get isDelivering(): boolean {
    return this.deliveries > 0;
  }

  stop(): void {
    this.stopping.abort();
  }

  private async deliver(rule: EventRule, functionArn: string, payload: string): Promise<void> {
    const { signal } = this.stopping;
    for (const pause of [...RETRY_PAUSES_MS, undefined]) {
      const fault = await this.invoke(rule.caller, functionArn, payload);
      if (fault === undefined || signal.aborted) return;
      this.log(`rule ${rule.name}: ${functionArn.split(':').at(-1)} failed: ${fault}`);
      if (pause !== undefined) await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }

  /** @returns what went wrong */
  private async invoke(caller: Caller, functionArn: string, payload: string): Promise<string | undefined> {
    if (this.stopping.signal.aborted) return undefined;
    try {
      const result = await this.functions.invoke(caller, functionArn, payload, 'wait');
      return result.functionError && result.payload;
    } catch (error) {
      return String(error);
    }
  }
}
