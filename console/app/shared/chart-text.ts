/**
 * Makes a name from data safe to draw. ECharts caches text widths in a plain object, so the name `__proto__` would pollute the
 * prototype of all objects. With a zero-width joiner in front, no text or prefix of it is an object property.
 */
export const drawn = (name: string): string => `\u2060${name}`;
