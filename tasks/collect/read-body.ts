import { isUtf8 } from 'node:buffer';
import { type ProducerEvent, readPayload } from '../../domain/events/payload';
import { type Answer, refused } from './answer';

export const MAX_BODY_BYTES = 1024 * 1024;
export const MAX_EVENTS = 500;

/** The types of JSON, and that of `navigator.sendBeacon` with a string. */
const CONTENT_TYPE = /^\s*(application\/([\w.-]+\+)?json|text\/plain)\s*(;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([\w-]+)/i;
const UTF8 = ['utf-8', 'utf8', 'us-ascii'];

export type Body = { readonly events: readonly ProducerEvent[] } | { readonly answer: Answer };

/** The answer to a body of another type, by its headers. */
export function refuseType(headers: Readonly<Record<string, string | undefined>>): Answer | undefined {
  const { 'content-type': type, 'content-encoding': encoding = 'identity' } = headers;
  if (type === undefined || !CONTENT_TYPE.test(type)) {
    return refused(415, `expected the content type application/json or text/plain, got ${type ?? 'none'}`);
  }
  const [, charset = 'utf-8'] = CHARSET.exec(type) ?? [];
  if (!UTF8.includes(charset.toLowerCase()))
    return refused(415, `expected UTF-8, got the charset ${charset}`);
  return encoding.trim().toLowerCase() === 'identity'
    ? undefined
    : refused(415, `expected a body without content encoding, got ${encoding}`);
}

/** The events of a body: an object, an array, or {"events": [...]}. */
export function readBody(body: Uint8Array): Body {
  if (body.length > MAX_BODY_BYTES) {
    return {
      answer: refused(
        413,
        `expected at most ${MAX_BODY_BYTES} bytes, got ${body.length}: send the events in several requests`,
      ),
    };
  }
  if (!isUtf8(body)) return { answer: refused(400, 'expected UTF-8, got other bytes') };
  const text = Buffer.from(body).toString('utf8');
  const events = readPayload(text.startsWith('\ufeff') ? text.slice(1) : text);
  if ('fault' in events) return { answer: refused(400, events.fault) };
  if (events.length === 0) return { answer: refused(400, 'expected at least one event, got an empty list') };
  if (events.length > MAX_EVENTS) {
    return {
      answer: refused(
        413,
        `expected at most ${MAX_EVENTS} events, got ${events.length}: send them in several requests`,
      ),
    };
  }
  return { events };
}
