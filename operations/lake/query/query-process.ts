import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { packagePath } from '../../../package-path';
import { LakeQueryError } from './query-error';
import type { QueryAnswer, QueryRequest } from './query-messages';
import { residentBytes } from './resident-bytes';

/** DuckDB's limit, the rows on their way, and the process itself. */
const MAX_PROCESS_BYTES = 2_000_000_000;
/** V8 ends a process with a larger heap. */
const MAX_HEAP_MB = 1000;
const MEMORY_CHECK_MS = 100;

/** An answer that is not a failure. */
type Answered = Exclude<QueryAnswer, { type: 'failed' }>;

/** The process answered with an error of DuckDB, or refused the SQL. */
export class QueryProcessError extends Error {
  override readonly name = 'QueryProcessError';
  constructor(
    message: string,
    readonly refusal: 'sql' | 'refused' | null,
  ) {
    super(message);
  }
}

/**
 * A query in a process of its own, so that nothing it does can stop this one: it has no credentials, and is killed if it needs
 * too much memory or time.
 */
export class QueryProcess {
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;
  private readonly watch: NodeJS.Timeout;
  /** Why the process was killed. */
  private stopped: LakeQueryError | undefined;
  private take: (answer: Answered) => void = () => {};
  private fail: (error: Error) => void = () => {};

  /** @param directory for spilled data; created, and removed by `close` */
  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true });
    const { PATH } = process.env;
    this.child = fork(packagePath('dist', 'local', 'query.cjs'), [directory], {
      env: PATH === undefined ? {} : { PATH },
      execArgv: [`--max-old-space-size=${MAX_HEAP_MB}`],
      // What DuckDB or V8 print before they abort is of no use to the user.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.child.on('message', (answer: QueryAnswer) => {
      if (answer.type === 'failed') this.fail(new QueryProcessError(answer.message, answer.refusal));
      else this.take(answer);
    });
    this.exited = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => {
        this.fail(this.stopped ?? endOf(code, signal));
        resolve();
      });
      this.child.once('error', (error) => {
        this.fail(error);
        if (this.child.pid === undefined) resolve();
      });
    });
    this.watch = setInterval(() => void this.checkMemory(), MEMORY_CHECK_MS);
    this.watch.unref();
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /**
   * Sends one request; one at a time.
   * @param onAnswer returns whether this was the last answer
   * @throws QueryProcessError; LakeQueryError if the process was killed or ended by itself
   */
  async ask(request: QueryRequest, onAnswer: (answer: Answered) => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.fail = reject;
      this.take = (answer) => {
        if (onAnswer(answer)) resolve();
      };
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        reject(this.stopped ?? endOf(this.child.exitCode, this.child.signalCode));
        return;
      }
      this.child.send(request, (error) => error && reject(this.stopped ?? error));
    });
  }

  /** Kills the process; what waits for an answer fails with the reason. */
  stop(reason: LakeQueryError): void {
    this.stopped ??= reason;
    this.child.kill('SIGKILL');
  }

  /** Ends the process and removes its directory. */
  async close(): Promise<void> {
    this.fail = () => {};
    clearInterval(this.watch);
    this.child.kill('SIGKILL');
    await this.exited;
    await rm(this.directory, { recursive: true, force: true });
  }

  private async checkMemory(): Promise<void> {
    const bytes = this.child.pid === undefined ? undefined : await residentBytes(this.child.pid);
    if (bytes !== undefined && bytes > MAX_PROCESS_BYTES) this.stop(outOfMemory());
  }
}

const outOfMemory = () =>
  new LakeQueryError(
    'memory',
    'the query exceeds the memory limit of 1 GB: select fewer columns, filter, or aggregate earlier',
  );

/** V8 aborts when its heap is full; Linux kills when memory runs out. */
function endOf(code: number | null, signal: NodeJS.Signals | null): LakeQueryError {
  if (signal === 'SIGABRT' || signal === 'SIGKILL' || code === 134) return outOfMemory();
  return new LakeQueryError(
    'process',
    `the process of the query ended unexpectedly (${signal ?? `exit code ${code}`}): this is an error in DuckDB; write the query in another way`,
  );
}
