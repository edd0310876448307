/** An event pattern with filters other than lists of exact values. */
export class EventPatternError extends Error {
  constructor(
    readonly path: string,
    found: unknown,
  ) {
    super(
      `event pattern, ${path}: expected a list of exact values, got ${JSON.stringify(found)} (other filters are not served locally)`,
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
  const fields = Object.entries(pattern).map(([name, wanted]) => ({
    name,
    matches: Array.isArray(wanted)
      ? oneOf(wanted, `${path}.${name}`)
      : nested(compilePattern(wanted, `${path}.${name}`)),
  }));
  return (event) => fields.every(({ name, matches }) => matches((event as Record<string, unknown>)[name]));
}

const nested = (matches: EventMatcher) => (value: unknown) =>
  typeof value === 'object' && value !== null && matches(value);

function oneOf(wanted: readonly unknown[], path: string): (value: unknown) => boolean {
  const other = wanted.find((value) => typeof value === 'object' && value !== null);
  if (other !== undefined || wanted.length === 0) throw new EventPatternError(path, other ?? wanted);
  return (value) => (Array.isArray(value) ? value : [value]).some((item) => wanted.includes(item));
}
