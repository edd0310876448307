import type { Inspection, InspectionRules, LocalFile } from '../input-file';
import { filePackaging } from '../packaging/packaging';
import { readText, type TextSource, textFile } from '../packaging/read-text';
import { UnpackError } from '../packaging/unpack-error';
import { searchHeader } from './find-header';
import { plainRows } from './plain-rows';
import { readHead, textFrom } from './read-head';
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
  const found = await searchHeader((bytes) => readHead(source, bytes), {
    key: file.key,
    contracts: rules.contracts,
    read: {},
  });
  const scanned = await scanText(source);
  if ('fault' in scanned) return scanned;
  if ('fault' in found) return found;
  const { match: header, layout } = found;
  const text = () => textFrom(layout.rowsStart, readText(source));
  const plain = plainRows({ source, scan: scanned.scan, header, layout, text });
  return {
    file: {
      origin: file,
      path: source.path,
      header,
      ...(plain && { plain }),
      readRows: (onRows) => readRows(text(), layout, onRows),
    },
  };
}
