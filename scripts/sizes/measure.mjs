/** Sizes of files as they lie there and as they travel. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** Bytes of a file, or of all below a directory; those that the names' test leaves out are not counted. */
export function sizeOf(place, counts = () => true) {
  return filesOf(place, counts).reduce((sum, file) => sum + lstatSync(file).size, 0);
}

/** The same, each file compressed by itself: what a zip of them has within a hundredth, and a registry about. */
export function compressedSizeOf(place, counts = () => true) {
  return filesOf(place, counts).reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
}

function filesOf(place, counts) {
  if (!lstatSync(place).isDirectory()) return counts(path.basename(place)) ? [place] : [];
  return readdirSync(place).flatMap((name) => filesOf(path.join(place, name), counts));
}

export const bytes = (count) => `${(count / 1e6).toFixed(2)} MB`;
