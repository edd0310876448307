import { z } from 'zod';
import type { ExecutionUsage, TaskUsage } from '../domain/workflow';
import pipeline from '../state-machine/pipeline.asl.json';
import runTask from '../state-machine/run-task.asl.json';
import { BATCH_REQUESTS, FUNCTION_MEMORY_GB, LOG_BYTES, ledgerWritesPerFile } from './measured';
import { PRICES, PRICES_AS_OF } from './prices';
import { fargateUsage, sparkUsage, taskFunctionUsage } from './task-usage';
import { countTransitions, functionSeconds, groupsOf, transitionsOf } from './transitions';
import { listPriceOf, type Usage } from './usage';

/** The cost of an execution at list price. */
export const executionCostSchema = z.object({
  dollars: z.number(),
  /** By service, the most expensive first. */
  by_service: z.record(z.string(), z.number()),
  /** Month and region of the prices. */
  prices: z.string(),
});
export type ExecutionCost = z.infer<typeof executionCostSchema>;

const TRANSITIONS = countTransitions(pipeline, runTask);

/**
 * The cost of an execution at list price: its tasks by billed time and requests, the rest by the number of files. Not
 * included: attempts before a task's last one, e-mails, and the lower price of Spot.
 * @param indexesOf the number of indexes of the DynamoDB table of a mart: each repeats every write
 */
export function executionCost(usage: ExecutionUsage, indexesOf: (mart: string) => number): ExecutionCost {
  const usages = billedUsages(usage, indexesOf);
  const services = [...new Set(usages.map(({ price }) => PRICES[price].service))].map((service) => {
    const ofService = usages.filter(({ price }) => PRICES[price].service === service);
    return [service, rounded(listPriceOf(ofService))] as const;
  });
  return {
    dollars: rounded(listPriceOf(usages)),
    by_service: Object.fromEntries(
      services.filter(([, dollars]) => dollars > 0).sort(([, a], [, b]) => b - a),
    ),
    prices: `list, ${PRICES_AS_OF.region}, ${PRICES_AS_OF.date}`,
  };
}

function billedUsages(
  { tasks, spark_jobs = [], files, items, sizes }: ExecutionUsage,
  indexesOf: (mart: string) => number,
): Usage[] {
  const sum = (count: (usage: TaskUsage) => number) =>
    tasks.reduce((total, usage) => total + count(usage), 0);
  const writes = Object.entries(items).map(([mart, count]) => count * (1 + indexesOf(mart)));
  return [
    ...tasks.flatMap(({ task, platform, billed_ms }) => {
      const usageOf = platform === 'fargate' ? fargateUsage : taskFunctionUsage;
      return usageOf(billed_ms / 1000, sizes, task);
    }),
    ...spark_jobs.flatMap(sparkUsage),
    { price: 'transitions', quantity: transitionsOf(TRANSITIONS, files), what: 'the states' },
    {
      price: 'lambdaTime',
      quantity: functionSeconds(files) * FUNCTION_MEMORY_GB,
      what: 'orchestrate, move and settle',
    },
    { price: 'lambdaRequests', quantity: 2 + groupsOf(files), what: 'orchestrate, move and settle' },
    {
      price: 's3Writes',
      quantity: sum(({ s3_writes }) => s3_writes) + BATCH_REQUESTS.writes + files,
      what: 'the tasks, a copy of each file, manifest and results',
    },
    {
      price: 's3Reads',
      quantity: sum(({ s3_reads }) => s3_reads) + BATCH_REQUESTS.reads,
      what: 'the tasks, manifest and results',
    },
    {
      price: 'dynamoWrites',
      quantity: writes.reduce((total, count) => total + count, ledgerWritesPerFile(files) * files),
      what: 'marts with their indexes, and the ledger',
    },
    { price: 'sqsRequests', quantity: 4 * files, what: 'sent, received, held and deleted' },
    { price: 'logs', quantity: LOG_BYTES.execution / 1e9, what: 'as assumed' },
    { price: 'traces', quantity: 2, what: 'state machine, orchestrate' },
  ];
}

/** Rounds to 1e-7 dollars, as the cheapest services cost that little. */
const rounded = (dollars: number) => Math.round(dollars * 1e7) / 1e7;
