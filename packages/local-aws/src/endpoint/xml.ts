/** An element's content: an array is a list of `<member>`, a Map of `<entry><key/><value/></entry>`. */
export type XmlValue =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlValue[]
  | ReadonlyMap<string, XmlValue>
  | { readonly [element: string]: XmlValue };

export const XML_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** An element with its content; empty for undefined. */
export function element(name: string, value: XmlValue, xmlns?: string): string {
  if (value === undefined) return '';
  return `<${name}${xmlns ? ` xmlns="${escapeXml(xmlns)}"` : ''}>${content(value)}</${name}>`;
}

function content(value: XmlValue): string {
  if (value === undefined) return '';
  if (typeof value !== 'object') return escapeXml(String(value));
  if (value instanceof Map) {
    return [...value].map(([key, entry]) => element('entry', { key, value: entry })).join('');
  }
  if (Array.isArray(value)) return value.map((member) => element('member', member)).join('');
  return Object.entries(value)
    .map(([name, child]) => element(name, child))
    .join('');
}

/** Escapes text for XML 1.0; characters that XML cannot contain become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#xD;')
    .replace(FORBIDDEN, '\uFFFD');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: matches control characters
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;
