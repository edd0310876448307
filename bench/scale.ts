import type { Scale } from './results';

/** Orders evenly over some days, the number of those that a batch changes, and what that may cost relative to as many new ones. */
export interface UpdateHistory {
  readonly orders: number;
  readonly days: number;
  readonly changed: number;
  readonly goal: number;
}

/** 188 months. */
const DAYS_OF_188_MONTHS = 5_722;

/** The sizes of all benchmarks. */
export interface Sizes {
  readonly coldOrders: number;
  /** Orders of the histories, in the order of measurement. */
  readonly histories: readonly number[];
  /** New or changed orders per batch. */
  readonly batchOrders: number;
  readonly batches: number;
  /** Batches of changes to each history; as many of new orders. */
  readonly updateBatches: number;
  readonly updateHistories: readonly UpdateHistory[];
  /** That is exported again as a whole. */
  readonly exportHistory: Pick<UpdateHistory, 'orders' | 'days'>;
  readonly smallFiles: number;
  readonly rowsPerSmallFile: number;
  readonly formatOrders: number;
  readonly microBatches: number;
  readonly microBatchOrders: number;
  /** Raw events to normalise. */
  readonly events: number;
  /** Raw events of a first load. */
  readonly loadEvents: number;
  /** Events whose visibility is awaited, one after the other. */
  readonly liveEvents: number;
  /** How long the Live page is closed, and then open. */
  readonly livePageSeconds: number;
  /** How long events are sent over HTTP. */
  readonly httpSeconds: number;
  readonly memoryOrders: readonly number[];
  /** Orders of the histories that are loaded into a warehouse. */
  readonly warehouseHistories: readonly number[];
  /** Orders that go through Spark and through DuckDB. */
  readonly sparkOrders: number;
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
    updateHistories: [
      { orders: 1_000_000, days: 370, changed: 1_000, goal: 2 },
      { orders: 400_000, days: DAYS_OF_188_MONTHS, changed: 300, goal: 3 },
    ],
    exportHistory: { orders: 400_000, days: DAYS_OF_188_MONTHS },
    smallFiles: 1_000,
    rowsPerSmallFile: 100,
    formatOrders: 300_000,
    microBatches: 2_000,
    microBatchOrders: 40,
    events: 200_000,
    loadEvents: 1_000_000,
    liveEvents: 30,
    livePageSeconds: 180,
    httpSeconds: 300,
    memoryOrders: [1_000_000, 10_000_000],
    warehouseHistories: [100_000, 1_000_000],
    sparkOrders: 10_000_000,
    narrowMemoryMb: 1024,
  },
  small: {
    coldOrders: 10_000,
    histories: [1_000, 10_000, 100_000],
    batchOrders: 10,
    batches: 3,
    updateBatches: 2,
    updateHistories: [
      { orders: 10_000, days: 4, changed: 10, goal: 2 },
      { orders: 4_000, days: DAYS_OF_188_MONTHS, changed: 3, goal: 3 },
    ],
    exportHistory: { orders: 4_000, days: DAYS_OF_188_MONTHS },
    smallFiles: 10,
    rowsPerSmallFile: 100,
    formatOrders: 900,
    microBatches: 20,
    microBatchOrders: 40,
    events: 2_000,
    loadEvents: 10_000,
    liveEvents: 3,
    livePageSeconds: 5,
    httpSeconds: 10,
    memoryOrders: [10_000, 100_000],
    warehouseHistories: [1_000, 10_000],
    sparkOrders: 100_000,
    narrowMemoryMb: 1024,
  },
};

/** Removes the histories and loads of more orders than that. */
export function limited(sizes: Sizes, largest: number): Sizes {
  const small = (orders: number) => orders <= largest;
  return {
    ...sizes,
    sparkOrders: Math.min(sizes.sparkOrders, largest),
    histories: sizes.histories.filter(small),
    memoryOrders: sizes.memoryOrders.filter(small),
  };
}
