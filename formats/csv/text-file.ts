import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { ReadOptions } from '../../domain/contract';
import { readText, type TextSource } from '../packaging/read-text';
import { decoded, encodingOf, isConverted, MARK_BYTES } from './encoding';
import { readHead } from './read-head';

/**
 * The file itself if DuckDB can read it, or else a copy of its text in UTF-8 without compression, with its path plus a suffix.
 * @throws UnpackError also for bytes that are no character of the encoding
 */
export async function textFile(source: TextSource, read: ReadOptions): Promise<TextSource> {
  const encoding = encodingOf((await readHead(source, MARK_BYTES)).bytes, read);
  const isReadable = source.packaging === 'none' || source.packaging === 'gzip';
  if (isReadable && !isConverted(encoding, read)) return source;
  const path = `${source.path}.text`;
  await pipeline(
    decoded(() => readText(source), encoding, read),
    createWriteStream(path),
  );
  return { ...source, path, size: (await stat(path)).size, packaging: 'none' };
}
