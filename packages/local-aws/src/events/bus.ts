import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '../iam/access';
import type { LambdaFunctions } from '../lambda/functions';
import type { EventMatcher } from './pattern';

interface EventRule {
  readonly name: string;
  /** The EventBridge service principal with the rule as its source. */
  readonly caller: Caller;
  readonly matches: EventMatcher;
  readonly targets: readonly EventTarget[];
}

interface EventTarget {
  readonly functionArn: string;
  /** JSON text that replaces the event. */
  readonly input: string | undefined;
}

/** Lambda retries an asynchronous invocation twice, after minutes; here the pauses are short. */
const RETRY_PAUSES_MS = [1000, 2000];

/** The default event bus: invokes the target functions of matching rules asynchronously. */
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

  /** True while an event is being delivered or waits for a retry. */
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

  /** @returns the error, if any */
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
