import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { eventsKey } from '../../domain/object-keys';
import type { RawLine } from './raw-lines';

export interface RawFile {
  readonly key: string;
  readonly body: Uint8Array;
}

/**
 * A file of gzipped lines for each source. Its name is the time of the last event and a hash of the lines, so the same batch writes
 * the same file again, and a batch of other records never replaces it.
 */
export function rawFilesOf(lines: readonly RawLine[]): RawFile[] {
  const bySource = new Map<RawLine['source'], RawLine[]>();
  for (const line of lines) {
    const those = bySource.get(line.source);
    if (those) those.push(line);
    else bySource.set(line.source, [line]);
  }
  return [...bySource].map(([source, those]) => {
    const last = those.map(({ received_at }) => received_at).reduce((a, b) => (a > b ? a : b));
    const text = those.map((line) => `${line.text}\n`).join('');
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
    return { key: eventsKey(source, new Date(last), hash), body: gzipSync(text) };
  });
}
