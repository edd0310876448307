import type { Scale } from './results';

/** How much of everything there is. */
export interface Sizes {
  readonly coldOrders: number;
  /** Orders of history, in the order they are measured. */
  readonly histories: readonly number[];
  /** New orders, or changed ones, in a batch. */
  readonly batchOrders: number;
  readonly batches: number;
  /** Batches of changes, each beside one of new orders. */
  readonly updateBatches: number;
  readonly updateHistory: number;
  readonly smallFiles: number;
  readonly rowsPerSmallFile: number;
  readonly microBatches: number;
  readonly microBatchOrders: number;
  readonly memoryOrders: readonly number[];
  /** The container's limit of the narrow run, MB. */
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
    microBatches: 20,
    microBatchOrders: 40,
    memoryOrders: [10_000, 100_000],
    narrowMemoryMb: 1024,
  },
};

/** Without the histories and loads of more orders than that. */
export function limited(sizes: Sizes, largest: number): Sizes {
  const small = (orders: number) => orders <= largest;
  return {
    ...sizes,
    histories: sizes.histories.filter(small),
    memoryOrders: sizes.memoryOrders.filter(small),
  };
}
