const WORDS: Readonly<Record<string, string>> = {
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timed out',
  ABORTED: 'stopped',
};

/** An execution's status in words. */
export const statusWord = (status: string): string => WORDS[status] ?? status.toLowerCase();
