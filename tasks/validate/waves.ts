import type { BatchFile } from '../../domain/workflow';

/** A file of the batch, and its position in the manifest. */
export interface WaveFile {
  readonly index: number;
  readonly file: BatchFile;
}

/**
 * Large enough to keep DuckDB busy, small enough to limit the files on local disk. A larger file is a wave of its own: if
 * all its rows are good, they are uploaded as they were read.
 */
const MAX_WAVE_BYTES = 16 * 1024 * 1024;

/** Limits the wait for the first wave if there are many small files. */
const MAX_WAVE_FILES = 250;

/** Approximate ratio of unpacked to packed bytes of a compressed file. */
const PACKING_RATIO = 8;

const PACKED_NAME = /\.(gz|zst|zip)$/i;

/** Splits the batch into waves, in the order of the manifest. The files of a wave are downloaded and checked together. */
export function wavesOf(files: readonly BatchFile[]): WaveFile[][] {
  const waves: WaveFile[][] = [];
  let bytes = 0;
  for (const [index, file] of files.entries()) {
    const unpacked = file.size * (PACKED_NAME.test(file.key) ? PACKING_RATIO : 1);
    const wave = waves.at(-1);
    if (wave && wave.length < MAX_WAVE_FILES && bytes + unpacked <= MAX_WAVE_BYTES) {
      wave.push({ index, file });
      bytes += unpacked;
    } else {
      waves.push([{ index, file }]);
      bytes = unpacked;
    }
  }
  return waves;
}
