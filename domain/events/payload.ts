import { elementTexts, memberTexts } from '../json-text';

/** One event as its producer sent it. */
export interface ProducerEvent {
  /** Parsed; a number beyond 2^53 has lost digits here. */
  readonly value: unknown;
  /** The JSON text, with all digits, on one line. */
  readonly text: string;
}

/** What a producer sent in one piece is not JSON, or no list of events. */
export interface PayloadFault {
  readonly fault: string;
}

const EVENTS = 'events';

/**
 * The events of a JSON text: those of an array, those of `{"events": [...]}`, or any other value as the only event. The text is one
 * piece: where it is not JSON, none of it is read.
 */
export function readPayload(text: string): readonly ProducerEvent[] | PayloadFault {
  const parsed = parse(text);
  if ('fault' in parsed) return parsed;
  const { value } = parsed;
  if (Array.isArray(value)) return elementsOf(value, text);
  if (!isObject(value) || !Array.isArray(value[EVENTS])) return [oneEvent(value, text)];
  const members = memberTexts(text);
  const others = members.filter(([name]) => name !== EVENTS).map(([name]) => name);
  if (others.length > 0) {
    return {
      fault: `expected nothing beside "events", got ${others.slice(0, 5).join(', ')}: put it into each event`,
    };
  }
  const [[, list] = ['', '[]'], ...more] = members;
  if (more.length > 0) return { fault: 'expected "events" once, got it twice in one object' };
  return elementsOf(value[EVENTS], list);
}

/**
 * The events of a record of a queue or stream: as `readPayload`, or those of its lines, each a JSON text. Nothing is left out: what
 * is JSON but no list is one event, and a text or a line that is not JSON is given back as it is.
 */
export function readRecord(text: string): readonly (ProducerEvent | { readonly notJson: string })[] {
  const whole = parse(text);
  if ('value' in whole) {
    const events = readPayload(text);
    return 'fault' in events ? [oneEvent(whole.value, text)] : events;
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const read = lines.map((line) => ({ line: line.trim(), parsed: parse(line) }));
  const hasObject = read.some(({ parsed }) => 'value' in parsed && isObject(parsed.value));
  if (!hasObject) return [{ notJson: text }];
  return read.map(({ line, parsed }) =>
    'value' in parsed ? oneEvent(parsed.value, line) : { notJson: line },
  );
}

function parse(text: string): { readonly value: unknown } | PayloadFault {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { fault: `expected JSON: ${(error as Error).message}` };
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const oneEvent = (value: unknown, text: string): ProducerEvent => ({ value, text: onOneLine(text.trim()) });

function elementsOf(values: readonly unknown[], array: string): ProducerEvent[] {
  const texts = elementTexts(array);
  return values.map((value, index) => oneEvent(value, texts[index] ?? ''));
}

/** JSON has line ends only between its values: in a string they are escaped. */
const onOneLine = (json: string): string => json.replaceAll(/[\r\n]+/g, ' ');
