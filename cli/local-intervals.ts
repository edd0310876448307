interface Resource {
  readonly Type: string;
  Properties: Record<string, unknown>;
}

/** Seconds in which events become a file. */
const WINDOW_SECONDS = 1;

/**
 * On AWS events are collected for minutes, and their files for an hour, because each file and execution costs money. Here they cost
 * nothing, and people wait for them.
 */
export function shortenIntervals(resources: Record<string, Resource>): void {
  for (const { Type, Properties } of Object.values(resources)) {
    if (Type === 'AWS::Lambda::EventSourceMapping')
      Properties.MaximumBatchingWindowInSeconds = WINDOW_SECONDS;
    if (Type !== 'AWS::Lambda::Function') continue;
    const { Variables } = (Properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
    delete Variables?.EVENT_FILE_WAIT;
  }
}
