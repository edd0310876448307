import type { Scale } from './results';

/** The sizes of all benchmarks. */
export interface Sizes {
  readonly coldOrders: number;
  /** Orders of the histories, in the order of measurement. */
  readonly histories: readonly number[];
  /** New or changed orders per batch. */
  readonly batchOrders: number;
  readonly batches: number;
  /** Batches of changes; as many of new orders. */
  readonly updateBatches: number;
  readonly updateHistory: number;
  readonly smallFiles: number;
  readonly rowsPerSmallFile: number;
  readonly formatOrders: number;
  readonly microBatches: number;
  readonly microBatchOrders: number;
  readonly memoryOrders: readonly number[];
  /** The lower container limit, in MB. */
  readonly narrowMemoryMb: number;
}

export const SIZES: Readonly<Record<Scale, Sizes>> = {
  full: {
    coldOrders: 1_000_000,
    histories: [100_000, 1_000_000, 10_000_000],
    batchOrders: 1_000,
    batches: 20,
    updateBatches: 5,
    updateHistory: 1_000_000,
    smallFiles: 1_000,
    rowsPerSmallFile: 100,
    formatOrders: 90_000,
    microBatches: 2_000,
    microBatchOrders: 40,
    memoryOrders: [1_000_000, 10_000_000],
    narrowMemoryMb: 1024,
  },
  small: {
    coldOrders: 10_000,
    histories: [1_000, 10_000, 100_000],
    batchOrders: 10,
    batches: 3,
    updateBatches: 2,
    updateHistory: 10_000,
    smallFiles: 10,
    rowsPerSmallFile: 100,
    formatOrders: 900,
    microBatches: 20,
    microBatchOrders: 40,
    memoryOrders: [10_000, 100_000],
    narrowMemoryMb: 1024,
  },
};

/** Removes the histories and loads of more orders than that. */
export function limited(sizes: Sizes, largest: number): Sizes {
  const small = (orders: number) => orders <= largest;
  return {
    ...sizes,
    histories: sizes.histories.filter(small),
    memoryOrders: sizes.memoryOrders.filter(small),
  };
}
