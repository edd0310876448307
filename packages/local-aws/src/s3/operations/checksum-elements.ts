import { type Checksum, checksumElement } from '../checksums';
import { element } from '../xml';

export function checksumElements(checksum: Checksum | undefined): string[] {
  if (!checksum) return [];
  return [
    element(checksumElement(checksum.algorithm), checksum.value),
    element('ChecksumType', checksum.type),
  ];
}
