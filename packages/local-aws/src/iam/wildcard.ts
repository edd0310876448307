/** A policy string in which `*` matches any characters and `?` one. */
export interface Pattern {
  readonly text: string;
  matches(value: string): boolean;
}

export function pattern(text: string, options: { readonly ignoreCase?: boolean } = {}): Pattern {
  const source = text
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]');
  const expression = new RegExp(`^${source}$`, options.ignoreCase ? 'iu' : 'u');
  return { text, matches: (value) => expression.test(value) };
}

/** `*` and `?` match within each of an ARN's six parts, not across colons. */
export function arnPattern(text: string): Pattern {
  const parts = arnParts(text).map((part) => pattern(part));
  return {
    text,
    matches(value) {
      const found = arnParts(value);
      return found.length === parts.length && parts.every((part, i) => part.matches(found[i] ?? ''));
    },
  };
}

function arnParts(arn: string): string[] {
  const [head, resource] = [arn.split(':', 5), arn.split(':').slice(5).join(':')];
  return [...head, resource];
}
