import type { Contract } from '../domain/contract';
import type { FileForm } from '../domain/file-form';
import { fileFormat } from '../domain/file-rules';
import { encodingOf, MARK_BYTES } from './csv/encoding';
import { readHead } from './csv/read-head';
import { planReading } from './csv/read-plan';
import type { LocalFile } from './input-file';
import { filePackaging } from './packaging/packaging';
import type { TextSource } from './packaging/read-text';
import { UnpackError } from './packaging/unpack-error';

/** Only the beginning is decompressed. */
const NO_LIMITS = {
  maxUnpackedBytes: Number.POSITIVE_INFINITY,
  maxUnpackedRatio: Number.POSITIVE_INFINITY,
};

/**
 * Detects how a file is written, from its name and its beginning, as `inspectFile` reads it. Of a file with a fault, what can be
 * told is.
 *
 * @param contracts those of all kinds and sources
 */
export async function detectForm(
  { key, path, size }: Pick<LocalFile, 'key' | 'path' | 'size'>,
  contracts: readonly Contract[],
): Promise<FileForm> {
  const found = fileFormat(key);
  const format = 'fault' in found ? null : found.format;
  const compression = filePackaging(path);
  const form = { format, compression, encoding: null, delimiter: null, header_line: null };
  if (size === 0 || format === null || format === 'parquet') return form;
  const text: TextSource = { path, size, packaging: compression, limits: NO_LIMITS };
  try {
    const { bytes } = await readHead(text, MARK_BYTES);
    if (format === 'ndjson') return { ...form, encoding: encodingOf(bytes, {}) };
    const plan = await planReading(key, contracts, (length) => readHead(text, length));
    const encoding = encodingOf(bytes, plan.read);
    if ('fault' in plan) return { ...form, encoding };
    const { layout, headerLine } = plan;
    return { ...form, encoding, delimiter: layout.dialect.delimiter, header_line: headerLine };
  } catch (error) {
    if (error instanceof UnpackError) return form;
    throw error;
  }
}
