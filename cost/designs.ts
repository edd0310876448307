import type { DeploymentCounts } from './deployment-counts';
import { executionUsage, type Workload } from './estimate';
import { times, type Usage } from './usage';

/** Another way to the same KPIs: what computes and takes in alone, without storage, alarms and logs. */
export interface Design {
  readonly name: string;
  /** The arithmetic, in words. */
  readonly how: string;
  readonly month: (workload: Workload, counts: DeploymentCounts) => Usage[];
}

const DAYS = 30;
const RUNS = (DAYS * 24 * 60) / 5;
const DPUS = 2;
const ROWS_A_MINUTE_AND_DPU = 200_000;
const ROWS_A_CALL = 100;
const CALL_SECONDS = 0.2;
const CALL_GB = 0.5;
const RECORDS_A_SECOND_AND_SHARD = 1000;
const PEAK = 3;

export const DESIGNS: readonly Design[] = [
  {
    name: 'Spark in Glue, every five minutes',
    how: `8,640 runs of ${DPUS} DPUs, a minute at least: half a minute, and ${ROWS_A_MINUTE_AND_DPU.toLocaleString('en-US')} rows a minute and DPU`,
    month: ({ rowsPerDay }) => {
      const minutes = Math.max(1, 0.5 + rowsPerDay / (24 * 12) / (DPUS * ROWS_A_MINUTE_AND_DPU));
      return [{ price: 'glue', quantity: (RUNS * DPUS * minutes) / 60, what: 'runs' }];
    },
  },
  {
    name: 'Kinesis with Lambda, row by row',
    how: `a PUT a row, shards for ${PEAK} times the mean at ${RECORDS_A_SECOND_AND_SHARD.toLocaleString('en-US')} rows a second, a call for ${ROWS_A_CALL} rows (${CALL_SECONDS} s, ${CALL_GB} GB), and three writes a row: the day, the category, its index. A row that comes twice counts twice`,
    month: ({ rowsPerDay }) => {
      const rows = rowsPerDay * DAYS;
      const calls = rows / ROWS_A_CALL;
      const shards = Math.max(1, Math.ceil((PEAK * rowsPerDay) / 86_400 / RECORDS_A_SECOND_AND_SHARD));
      return [
        { price: 'kinesisShards', quantity: shards * 24 * DAYS, what: 'shards' },
        { price: 'kinesisPuts', quantity: rows, what: 'rows' },
        { price: 'lambdaTime', quantity: calls * CALL_SECONDS * CALL_GB, what: 'calls' },
        { price: 'lambdaRequests', quantity: calls, what: 'calls' },
        { price: 'dynamoWrites', quantity: 3 * rows, what: 'counters' },
      ];
    },
  },
  {
    name: 'the same tasks, started by every file',
    how: 'an execution as ours for each file, and no batches',
    month: ({ filesPerDay, rowsPerDay }, counts) =>
      times(executionUsage(1, rowsPerDay / Math.max(1, filesPerDay), counts), filesPerDay * DAYS),
  },
];
