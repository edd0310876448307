import { formatBytes, formatSeconds, printable } from './table';

/** Reports the progress of a command. */
export interface Progress {
  /** Replaces the progress text. */
  update(text: string): void;
  /** Prints a line to standard output. */
  print(line: string): void;
}

export interface ProgressOptions {
  /** True if a program reads the output: shows no progress. */
  readonly json?: boolean | undefined;
  readonly stream?: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>;
}

/** Shorter work shows no progress. */
const SHOW_AFTER_MS = 1_000;
const REDRAW_MS = 200;
const ERASE_LINE = '\r\u001b[2K';

/**
 * Shows progress and elapsed time in one line on standard error, which is erased afterwards. Only on a terminal, and only if the
 * work takes longer than a second.
 */
export async function withProgress<Result>(
  what: string,
  { json, stream = process.stderr }: ProgressOptions,
  work: (progress: Progress) => Promise<Result>,
): Promise<Result> {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  if (json || !stream.isTTY || process.env.TERM === 'dumb') return work({ update() {}, print });
  const started = Date.now();
  let progress = '';
  let isShown = false;
  const draw = () => {
    const elapsed = Date.now() - started;
    if (elapsed < SHOW_AFTER_MS) return;
    isShown = true;
    const line = `${what}${progress && `, ${printable(progress)}`}  ${formatSeconds(elapsed)}`;
    // A line that wraps cannot be erased.
    stream.write(`${ERASE_LINE}${line.slice(0, (stream.columns || 80) - 1)}`);
  };
  const erase = () => {
    if (isShown) stream.write(ERASE_LINE);
    isShown = false;
  };
  const timer = setInterval(draw, REDRAW_MS);
  try {
    return await work({
      update(text) {
        progress = text;
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
