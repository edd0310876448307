import { fileFormat } from '../domain/file-rules';
import { inspectCsv } from './csv/inspect-file';
import type { Inspection, InspectionRules, LocalFile } from './input-file';

/** Checks everything about a file except its rows: name, bytes, encoding, header. */
export async function inspectFile(file: LocalFile, rules: InspectionRules): Promise<Inspection> {
  const format = fileFormat(file.key);
  if ('fault' in format) return format;
  return inspectCsv(file, rules);
}
