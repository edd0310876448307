import type { BatchFile } from '../../domain/workflow';

/** A file of the batch, and its place in the manifest. */
export interface Turn {
  readonly index: number;
  readonly file: BatchFile;
}

/**
 * Enough for DuckDB to be busy with, and little enough that files on local disk stay few. A larger file is a wave of its
 * own: where all its rows are good, they go on as they were read.
 */
const WAVE_BYTES = 16 * 1024 * 1024;

/** The first wave of many small files is not to keep DuckDB waiting. */
const WAVE_FILES = 250;

/** Bytes of text in a byte of a .gz file, about. */
const PACKED = 8;

/** Files that come down together, are checked together, and whose rows go up together; in the order of the manifest. */
export function wavesOf(files: readonly BatchFile[]): Turn[][] {
  const waves: Turn[][] = [];
  let bytes = 0;
  for (const [index, file] of files.entries()) {
    const unpacked = file.size * (file.key.toLowerCase().endsWith('.gz') ? PACKED : 1);
    const wave = waves.at(-1);
    if (wave && wave.length < WAVE_FILES && bytes + unpacked <= WAVE_BYTES) {
      wave.push({ index, file });
      bytes += unpacked;
    } else {
      waves.push([{ index, file }]);
      bytes = unpacked;
    }
  }
  return waves;
}
