import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { CaseInput, CaseResult } from './case';
import { orphansOf } from './end-state';
import { firedOf } from './fired';

/** A process that runs cases; it is replaced if a fault killed it, or it failed. */
export class CaseRunner {
  private worker: ChildProcess | undefined;

  /** @param script the worker, built */
  constructor(private readonly script: string) {}

  async run(input: CaseInput): Promise<CaseResult & { readonly fired: number; readonly restarts: number }> {
    const { directory, rules } = input;
    const fired = () => firedOf(rules, directory);
    for (let restarts = 0; ; restarts++) {
      const left = rules.filter((rule) => !fired().includes(rule));
      const result = await this.attempt({ ...input, rules: left });
      if (result) {
        const problems = [...result.problems, ...(await orphansOf(directory))];
        return { ...result, problems, fired: fired().length, restarts };
      }
      const isDown = fired().some((rule) => left.includes(rule) && rule.effect.do === 'kill-endpoint');
      if (!isDown)
        return { problems: ['the worker died unexpectedly'], fired: fired().length, ticks: 0, restarts };
    }
  }

  async close(): Promise<void> {
    const { worker } = this;
    if (!worker) return;
    const exited = once(worker, 'exit');
    worker.disconnect();
    await exited;
  }

  /** undefined: the process was killed. */
  private async attempt(input: CaseInput): Promise<CaseResult | undefined> {
    const worker = this.worker ?? this.start();
    const answered = new Promise<CaseResult | undefined>((resolve) => {
      worker.once('message', (result: CaseResult) => resolve(result));
      worker.once('exit', () => {
        this.worker = undefined;
        resolve(undefined);
      });
    });
    worker.send(input);
    const result = await answered;
    worker.removeAllListeners('message').removeAllListeners('exit');
    return result;
  }

  private start(): ChildProcess {
    this.worker = fork(this.script, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // Bodies of files are bytes.
      serialization: 'advanced',
    });
    return this.worker;
  }
}
