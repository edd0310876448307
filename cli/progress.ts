import { formatBytes, formatSeconds, printable } from './table';

/** What a command tells while it works. */
export interface Progress {
  /** How far it is; replaces what was told before. */
  tell(text: string): void;
  /** A line of standard output, which stays. */
  print(line: string): void;
}

export interface ProgressOptions {
  /** For a program that reads the output: nothing is told. */
  readonly json?: boolean | undefined;
  readonly stream?: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>;
}

/** What is done sooner needs no telling. */
const SHOWN_AFTER_MS = 1_000;
const REDRAWN_MS = 200;
const ERASE_LINE = '\r\u001b[2K';

/**
 * Shows on standard error what is going on and for how long, in one line that is gone afterwards; only on a terminal, and
 * only what takes longer than a second.
 */
export async function withProgress<Result>(
  what: string,
  { json, stream = process.stderr }: ProgressOptions,
  work: (progress: Progress) => Promise<Result>,
): Promise<Result> {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  if (json || !stream.isTTY || process.env.TERM === 'dumb') return work({ tell() {}, print });
  const started = Date.now();
  let told = '';
  let isShown = false;
  const draw = () => {
    const elapsed = Date.now() - started;
    if (elapsed < SHOWN_AFTER_MS) return;
    isShown = true;
    const line = `${what}${told && `, ${printable(told)}`}  ${formatSeconds(elapsed)}`;
    // A line that wraps cannot be erased.
    stream.write(`${ERASE_LINE}${line.slice(0, (stream.columns || 80) - 1)}`);
  };
  const erase = () => {
    if (isShown) stream.write(ERASE_LINE);
    isShown = false;
  };
  const timer = setInterval(draw, REDRAWN_MS);
  try {
    return await work({
      tell(text) {
        told = text;
      },
      print(line) {
        erase();
        print(line);
      },
    });
  } finally {
    clearInterval(timer);
    erase();
  }
}

/** `3 of 12 files, 1.2 MB of 30.1 MB` */
export function formatParts(done: number, all: number, bytesDone: number, bytes: number): string {
  return `${done} of ${all} files, ${formatBytes(bytesDone)} of ${formatBytes(bytes)}`;
}
