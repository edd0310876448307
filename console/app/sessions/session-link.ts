/**
 * The link to a session, relative to the page. A key has slashes and percent signs, which servers and routers decode at different times,
 * so the address has it in Base64 for URLs.
 * https://www.rfc-editor.org/rfc/rfc4648#section-5
 */
export function sessionLink(key: string, day: string): string {
  const bytes = new TextEncoder().encode(key);
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return `/${text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}?day=${day}`;
}

/** The key of a link's last part; undefined if it is none. */
export function sessionKeyOf(part: string): string | undefined {
  try {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes) || undefined;
  } catch {
    return undefined;
  }
}
