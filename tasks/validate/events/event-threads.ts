import { parentPort, Worker } from 'node:worker_threads';
import { DuckDb, type DuckDbOptions } from '../../../engine/duckdb/session';
import type { LocalFile } from '../../../formats/input-file';
import { atMost } from '../../../storage/parallel';
import type { FileRules } from '../check-files';
import type { Verdict } from '../verdict';
import { checkEvents } from './check-events';

/** Some files to check, and the directory for their rows. */
interface Order {
  readonly files: readonly LocalFile[];
  readonly directory: string;
}

/**
 * Threads that each check files of events with a DuckDB session of their own. Normalisation is JavaScript, and takes one core; the
 * files of different waves have nothing to do with each other.
 */
export class EventThreads {
  private readonly idle: Worker[] = [];
  private readonly all: Worker[] = [];
  private readonly inTurn: ReturnType<typeof atMost>;

  /**
   * @param program the path of one that calls `serveEventChecks` where it is not in the main thread
   * @param data what it finds as its `workerData`, by the number of the thread
   */
  constructor(
    readonly size: number,
    private readonly program: string,
    private readonly data: (thread: number) => unknown,
  ) {
    this.inTurn = atMost(size);
  }

  /** As `checkEvents`; waits for a thread. */
  check(files: readonly LocalFile[], directory: string): Promise<Verdict[]> {
    return this.inTurn(async () => {
      const thread = this.idle.pop() ?? this.start();
      const verdicts = await answerOf(thread, { files, directory });
      this.idle.push(thread);
      return verdicts;
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((thread) => thread.terminate()));
  }

  private start(): Worker {
    const thread = new Worker(this.program, { workerData: this.data(this.all.length) });
    this.all.push(thread);
    return thread;
  }
}

/** @throws what the thread threw, which ends it */
function answerOf(thread: Worker, order: Order): Promise<Verdict[]> {
  return new Promise((resolve, reject) => {
    const ended = (code: number) => reject(new Error(`a thread that checks events ended with code ${code}`));
    thread.removeAllListeners();
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', ended);
    thread.postMessage(order);
  });
}

/** Checks the files that the main thread sends, one order after the other. An error ends the thread, and is thrown there. */
export async function serveEventChecks(rules: FileRules, options: DuckDbOptions): Promise<void> {
  const db = await DuckDb.open({ ...options, threads: 1 });
  parentPort?.on('message', async ({ files, directory }: Order) => {
    parentPort?.postMessage(await checkEvents(files, rules, db, directory));
  });
}
