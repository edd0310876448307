/** An event pattern with filters other than lists of exact values. */
export class EventPatternError extends Error {
  constructor(
    readonly path: string,
    found: unknown,
  ) {
    super(
      `event pattern, ${path}: expected a list of exact values, got ${JSON.stringify(found)} (other filters are not supported locally)`,
    );
    this.name = 'EventPatternError';
  }
}

export type EventMatcher = (event: object) => boolean;

/**
 * Compiles an event pattern: every field of the pattern must be in the event with one of the listed values.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 * @throws EventPatternError
 */
export function compilePattern(pattern: unknown, path = '$'): EventMatcher {
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern)) {
    throw new EventPatternError(path, pattern);
  }
  const fields = Object.entries(pattern).map(([name, expected]) => ({
    name,
    matches: Array.isArray(expected)
      ? oneOf(expected, `${path}.${name}`)
      : nested(compilePattern(expected, `${path}.${name}`)),
  }));
  return (event) => fields.every(({ name, matches }) => matches((event as Record<string, unknown>)[name]));
}

const nested = (matches: EventMatcher) => (value: unknown) =>
  typeof value === 'object' && value !== null && matches(value);

function oneOf(expected: readonly unknown[], path: string): (value: unknown) => boolean {
  const other = expected.find((value) => typeof value === 'object' && value !== null);
  if (other !== undefined || expected.length === 0) throw new EventPatternError(path, other ?? expected);
  return (value) => (Array.isArray(value) ? value : [value]).some((item) => expected.includes(item));
}
