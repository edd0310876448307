import { kindFromName } from '../../domain/file-names';
import type { Inspection, InspectionRules, LocalFile } from '../input-file';
import { filePackaging } from '../packaging/packaging';
import { readText, type TextSource } from '../packaging/read-text';
import { UnpackError } from '../packaging/unpack-error';
import { plainText } from './plain-rows';
import { readHead, textFrom } from './read-head';
import { planReading } from './read-plan';
import { readRows } from './read-rows';
import { scanText } from './scan-text';
import { textFile } from './text-file';

/** Checks that a CSV file is valid text and has the header of one kind. */
export async function inspectCsv(file: LocalFile, rules: InspectionRules): Promise<Inspection> {
  const packaging = filePackaging(file.path);
  const packed: TextSource = { path: file.path, size: file.size, packaging, limits: rules };
  try {
    const plan = await planReading(file.key, rules.contracts, (bytes) => readHead(packed, bytes));
    const source = await textFile(packed, plan.read);
    const kind = 'match' in plan ? plan.match.contract.kind : kindFromName(file.key, rules.contracts);
    const scanned = await scanText(source, kind);
    if ('fault' in scanned) return scanned;
    if ('fault' in plan) return plan;
    const { match: header, layout } = plan;
    const text = () => textFrom(layout.rowsStart, readText(source));
    const plain = await plainText({ source, scan: scanned.scan, header, layout, text });
    return {
      file: {
        origin: file,
        path: source.path,
        header,
        ...plain,
        readRows: (onRows) => readRows(text(), layout, onRows),
      },
    };
  } catch (error) {
    if (error instanceof UnpackError) return { fault: error.fault };
    throw error;
  }
}
