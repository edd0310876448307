import type { FileFault } from '../../domain/file-rules';

/** The file cannot be decompressed. */
export class UnpackError extends Error {
  override readonly name = 'UnpackError';
  constructor(readonly fault: FileFault) {
    super(fault.reason);
  }
}

export const truncated = (what: string): UnpackError =>
  new UnpackError({
    reason: `unexpected end of the ${what}: the file is truncated`,
    remedy: 'upload the whole file again',
  });

export const corrupt = (what: string): UnpackError =>
  new UnpackError({
    reason: `the ${what} is corrupt`,
    remedy: 'compress the file again, or send it uncompressed',
  });
