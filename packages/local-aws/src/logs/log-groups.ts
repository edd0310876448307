/** What one process, or one function's processes, wrote. */
export interface LogStream {
  readonly group: string;
  readonly stream: string;
  readonly file: string;
}

/** Those who keep logs: the functions and the tasks. */
export interface LogSource {
  /** The names of the groups that the template gave them. */
  logGroups(): string[];
  /** The streams of a group. @param since milliseconds since 1970; what was last written to before may be left out */
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
