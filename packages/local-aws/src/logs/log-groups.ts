/** The output of one task, or of one function's processes. */
export interface LogStream {
  readonly group: string;
  readonly stream: string;
  readonly file: string;
}

/** Provides log streams: the functions and the tasks. */
export interface LogSource {
  logGroups(): string[];
  /** @param since milliseconds since 1970; streams without later writes may be omitted */
  logStreams(group: string, since: number): LogStream[];
}

/** The log groups of the template, whose lines are in files. */
export class LogGroups {
  constructor(private readonly sources: readonly LogSource[]) {}

  /** In alphabetical order. */
  names(): string[] {
    return [...new Set(this.sources.flatMap((source) => source.logGroups()))].sort();
  }

  has(group: string): boolean {
    return this.sources.some((source) => source.logGroups().includes(group));
  }

  streams(group: string, since: number): LogStream[] {
    return this.sources.flatMap((source) => source.logStreams(group, since));
  }
}
