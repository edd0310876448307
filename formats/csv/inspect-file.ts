import type { Inspection, InspectionRules, LocalFile } from '../input-file';
import { filePackaging } from '../packaging/packaging';
import { readText, type TextSource, textFile } from '../packaging/read-text';
import { UnpackError } from '../packaging/unpack-error';
import { plainRows } from './plain-rows';
import { readHeader } from './read-header';
import { readRows } from './read-rows';
import { scanText } from './scan-text';

/** Checks that a CSV file is valid text and has the header of one kind. */
export async function inspectCsv(file: LocalFile, rules: InspectionRules): Promise<Inspection> {
  try {
    const packaging = filePackaging(file.path);
    return await inspectText(
      file,
      await textFile({ path: file.path, size: file.size, packaging, limits: rules }),
      rules,
    );
  } catch (error) {
    if (error instanceof UnpackError) return { fault: error.fault };
    throw error;
  }
}

async function inspectText(file: LocalFile, source: TextSource, rules: InspectionRules): Promise<Inspection> {
  const scanned = await scanText(source);
  if ('fault' in scanned) return scanned;
  const { scan } = scanned;
  const found = readHeader(file.key, scan.headerBytes, rules.contracts);
  if ('fault' in found) return found;
  const { match: header, delimiter } = found;
  const text = () => skipBytes(scan.bomBytes, readText(source));
  const plain = plainRows({ source, scan, header, delimiter, text });
  return {
    file: {
      origin: file,
      path: source.path,
      header,
      ...(plain && { plain }),
      readRows: (onRows) => readRows(text(), delimiter, onRows),
    },
  };
}

async function* skipBytes(bytes: number, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of chunks) {
    const skipped = Math.min(left, chunk.length);
    left -= skipped;
    if (skipped < chunk.length) yield chunk.subarray(skipped);
  }
}
