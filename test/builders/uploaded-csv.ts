import { csv } from './csv';
import type { PipelineFile } from './task-pipeline';

let uploads = 0;

/** A file of a kind to upload, a second after the one before it. */
export function uploadedCsv(kind: string, header: string, ...rows: string[]): PipelineFile {
  uploads += 1;
  return {
    key: `input/${kind}-${uploads}.csv`,
    csv: csv(header, ...rows),
    uploadedAt: Date.UTC(2025, 6, 1) + uploads * 1000,
  };
}
