/** More levels come from no event; a stack would not hold any number of them. */
const MAX_LEVELS = 50;

/** True for a JSON value with more than 50 levels of objects and arrays. */
export function isTooDeep(value: unknown, level = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (level === MAX_LEVELS) return true;
  if (Array.isArray(value)) {
    for (const member of value) if (typeof member === 'object' && isTooDeep(member, level + 1)) return true;
    return false;
  }
  for (const name in value) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (typeof member === 'object' && isTooDeep(member, level + 1)) return true;
  }
  return false;
}
