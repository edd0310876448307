/** The resources of a Fargate task. */
export interface FargateSize {
  /** CPU units; 1,024 are one vCPU. */
  readonly cpu: number;
  /** MB of 1,048,576 bytes. */
  readonly memoryLimitMiB: number;
  /** GiB of disk, shared by the image and the scratch volume. */
  readonly ephemeralStorageGiB: number;
}

export const DEFAULT_SIZE: FargateSize = { cpu: 1024, memoryLimitMiB: 4096, ephemeralStorageGiB: 50 };

const GB = 1024;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size */
const MEMORY_OF_CPU: Readonly<Record<number, readonly number[]>> = {
  256: [GB / 2, GB, 2 * GB],
  512: steps(1, 4, 1),
  1024: steps(2, 8, 1),
  2048: steps(4, 16, 1),
  4096: steps(8, 30, 1),
  8192: steps(16, 60, 4),
  16384: steps(32, 120, 8),
};

const MIN_DISK_GIB = 21;
const MAX_DISK_GIB = 200;

/** A size that Fargate does not support; the message lists the supported ones. */
export class FargateSizeError extends RangeError {
  override readonly name = 'FargateSizeError';
}

/** @returns the size itself @throws FargateSizeError if Fargate does not support the combination */
export function checkedSize(size: FargateSize): FargateSize {
  const { cpu, memoryLimitMiB, ephemeralStorageGiB } = size;
  const memories = MEMORY_OF_CPU[cpu];
  if (!memories) {
    throw new FargateSizeError(
      `task CPU: expected one of ${Object.keys(MEMORY_OF_CPU).join(', ')} units, got ${cpu}`,
    );
  }
  if (!memories.includes(memoryLimitMiB)) {
    throw new FargateSizeError(
      `task memory: expected one of ${memories.join(', ')} MB with ${cpu} CPU units, got ${memoryLimitMiB}`,
    );
  }
  if (
    !Number.isInteger(ephemeralStorageGiB) ||
    ephemeralStorageGiB < MIN_DISK_GIB ||
    ephemeralStorageGiB > MAX_DISK_GIB
  ) {
    throw new FargateSizeError(
      `task disk: expected whole GiB from ${MIN_DISK_GIB} to ${MAX_DISK_GIB}, got ${ephemeralStorageGiB}`,
    );
  }
  return size;
}

/** From `first` to `last` GB. */
function steps(first: number, last: number, step: number): number[] {
  return Array.from({ length: (last - first) / step + 1 }, (_, i) => (first + i * step) * GB);
}
