/** Writes and parses the XML documents of the S3 protocol. */

import { malformedXml } from './errors';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const MAX_NESTING = 16;

/** Writes control characters as character references, like S3. */
export function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape
  return text.replace(/[&<>"\x00-\x1f\x7f\ufffe\uffff]/g, (character) => {
    return NAMED[character] ?? `&#x${character.charCodeAt(0).toString(16)};`;
  });
}

/** A text element; empty for undefined. */
export function element(name: string, value: string | number | boolean | undefined): string {
  return value === undefined ? '' : `<${name}>${escapeXml(String(value))}</${name}>`;
}

export function parent(name: string, ...children: readonly string[]): string {
  return `<${name}>${children.join('')}</${name}>`;
}

/** A document in S3's namespace. */
export function xmlDocument(root: string, ...children: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${children.join('')}</${root}>`;
}

/** A parsed element with its local name. */
export class XmlElement {
  readonly children: XmlElement[] = [];
  text = '';

  constructor(readonly name: string) {}

  all(name: string): XmlElement[] {
    return this.children.filter((child) => child.name === name);
  }

  first(name: string): XmlElement | undefined {
    return this.children.find((child) => child.name === name);
  }

  textOf(name: string): string | undefined {
    return this.first(name)?.text;
  }

  /** @throws MalformedXML if the child is missing */
  requiredTextOf(name: string): string {
    const text = this.textOf(name);
    if (text === undefined) throw malformedXml(`${this.name} has no ${name}`);
    return text;
  }
}

const TOKEN = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([^<>!?]+?)(\/?)>|([^<]+)/y;
const TAG = /^(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)/;
const ATTRIBUTE = /\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')/y;

/**
 * Parses elements, text, CDATA, comments, and predefined and numeric entities. Document types are not supported, so
 * nothing is fetched or expanded. Attributes and namespaces are ignored.
 * @throws MalformedXML for anything else, or an unexpected root
 */
export function parseXml(text: string, root: string): XmlElement {
  const top = new XmlElement('');
  const open: XmlElement[] = [top];
  const token = new RegExp(TOKEN);
  token.lastIndex = text.startsWith('\ufeff') ? 1 : 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    const current = open[open.length - 1];
    if (!match || !current) throw malformedXml(`unexpected text at character ${at}`);
    const [, cdata, slash, tag, selfClosing, characters] = match;
    if (tag !== undefined) {
      const name = tagName(tag);
      if (name === undefined) throw malformedXml(`no tag: <${tag.slice(0, 40)}>`);
      if (slash === '/') {
        if (current.name !== name) throw malformedXml(`</${name}> closes <${current.name}>`);
        open.pop();
      } else {
        const child = new XmlElement(name);
        current.children.push(child);
        if (selfClosing !== '/') open.push(child);
        if (open.length > MAX_NESTING) throw malformedXml('nested too deeply');
      }
    } else {
      current.text += cdata ?? (characters === undefined ? '' : unescapeXml(characters));
    }
  }
  const found = top.children[0];
  if (open.length !== 1 || top.children.length !== 1 || !found) throw malformedXml('it ends too early');
  if (top.text.trim() !== '') throw malformedXml('text outside the root element');
  if (found.name !== root) throw malformedXml(`expected <${root}>, found <${found.name}>`);
  return found;
}

/** The local name; undefined for an invalid tag. Matches attributes one by one: millions in one match overflow the stack. */
function tagName(tag: string): string | undefined {
  const found = TAG.exec(tag);
  if (!found) return undefined;
  const attribute = new RegExp(ATTRIBUTE);
  let end = found[0].length;
  for (attribute.lastIndex = end; attribute.test(tag); end = attribute.lastIndex);
  return tag.slice(end).trim() === '' ? found[1] : undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&([^;&]{0,12});?/g, (whole, name: string) => {
    const numeric = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
    const code = numeric ? Number.parseInt(numeric[1] ?? numeric[2] ?? '', numeric[1] ? 16 : 10) : undefined;
    const surrogate = code !== undefined && code >= 0xd800 && code <= 0xdfff;
    const value =
      code === undefined
        ? ENTITIES[name]
        : code <= 0x10ffff && !surrogate
          ? String.fromCodePoint(code)
          : undefined;
    if (value === undefined || !whole.endsWith(';')) throw malformedXml(`unknown entity ${whole}`);
    return value;
  });
}
