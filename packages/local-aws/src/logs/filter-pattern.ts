import { AwsError } from '../endpoint/service';

/**
 * Compiles a filter pattern. Supported are the empty pattern, terms that must all occur (quoted unless alphanumeric), and
 * `{ $.field = "value" }` for JSON lines.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 * @throws AwsError InvalidParameterException for other patterns
 */
export function filterPattern(pattern: string): (line: string) => boolean {
  const text = pattern.trim();
  if (text === '') return () => true;
  const equals = /^\{\s*\$\.([\w.]+)\s*=\s*"([^"]*)"\s*\}$/.exec(text);
  if (equals) {
    const [, path = '', value] = equals;
    return (line) => fieldOf(line, path.split('.')) === value;
  }
  if (!/^(\s*(\w+|"[^"]+"))+$/.test(text)) {
    throw new AwsError(
      'InvalidParameterException',
      `The filter pattern ${JSON.stringify(text)} is not supported locally; terms and { $.field = "value" } are.`,
    );
  }
  const terms = [...text.matchAll(/"([^"]+)"|(\w+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
  return (line) => terms.every((term) => line.includes(term));
}

function fieldOf(line: string, path: readonly string[]): unknown {
  try {
    let value: unknown = JSON.parse(line);
    for (const name of path) {
      value = typeof value === 'object' && value !== null ? value[name as never] : undefined;
    }
    return value;
  } catch {
    return undefined;
  }
}
