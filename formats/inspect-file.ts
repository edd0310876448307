import { type Format, fileFormat } from '../domain/file-rules';
import { inspectCsv } from './csv/inspect-file';
import type { Inspection, InspectionRules, LocalFile } from './input-file';
import { inspectNdjson } from './ndjson/inspect-file';
import { inspectParquet } from './parquet/inspect-file';

const INSPECT: Readonly<Record<Format, (file: LocalFile, rules: InspectionRules) => Promise<Inspection>>> = {
  csv: inspectCsv,
  ndjson: inspectNdjson,
  parquet: inspectParquet,
};

/** Checks everything about a file except its rows: name, bytes, encoding, header. */
export async function inspectFile(file: LocalFile, rules: InspectionRules): Promise<Inspection> {
  const format = fileFormat(file.key);
  if ('fault' in format) return format;
  return INSPECT[format.format](file, rules);
}
