/**
 * A name from data as a chart may draw it. The library keeps the widths of texts in an object by text, and would take
 * `__proto__` for an entry of its own and write into every object of the page; with a joiner of no width in front, no text,
 * nor the beginning of one, is the name of something that objects have.
 */
export const drawn = (name: string): string => `\u2060${name}`;
