import type { ExecutionCost, TaskUsage } from '../domain/workflow';
import { BATCH_REQUESTS, FUNCTION_MEMORY_GB, LEDGER_WRITES, LOG_BYTES } from './measured';
import { PRICES, PRICES_AS_OF } from './prices';
import { type BilledSizes, fargateUsage, taskFunctionUsage } from './task-usage';
import { functionSeconds, groupsOf, type Transitions, transitionsOf } from './transitions';
import { listPrice, listPriceOf, type Usage } from './usage';

/** What an execution is known to have used. */
export interface ExecutionFacts {
  /** The last attempt at each task that ran. */
  readonly tasks: readonly { readonly task: string; readonly usage: TaskUsage }[];
  readonly files: number;
  /** Items of DynamoDB written and deleted: the days; the categories, each of which an index repeats. */
  readonly dayItems: number;
  readonly categoryItems: number;
  readonly transitions: Transitions;
}

/**
 * What an execution cost, at list price: its tasks by the time they were billed and the requests they made, and by their
 * counts what the service told nobody. Not in it: attempts before a task's last, mails, and Spot's lower price.
 */
export function executionCost(facts: ExecutionFacts, sizes: BilledSizes): ExecutionCost {
  const usages = executionUsages(facts, sizes);
  const services = [...new Set(usages.map(({ price }) => PRICES[price].service))].map((service) => {
    const ofService = usages.filter(({ price }) => PRICES[price].service === service);
    return [service, rounded(listPriceOf(ofService))] as const;
  });
  return {
    dollars: rounded(usages.reduce((sum, usage) => sum + listPrice(usage), 0)),
    by_service: Object.fromEntries(
      services.filter(([, dollars]) => dollars > 0).sort(([, a], [, b]) => b - a),
    ),
    prices: `list, ${PRICES_AS_OF.region}, ${PRICES_AS_OF.date}`,
  };
}

function executionUsages(facts: ExecutionFacts, sizes: BilledSizes): Usage[] {
  const { tasks, files, dayItems, categoryItems, transitions } = facts;
  const sum = (count: (usage: TaskUsage) => number) =>
    tasks.reduce((total, { usage }) => total + count(usage), 0);
  const groups = groupsOf(files);
  const seconds = functionSeconds(files);
  return [
    ...tasks.flatMap(({ task, usage }) => {
      const usageOf = usage.platform === 'fargate' ? fargateUsage : taskFunctionUsage;
      return usageOf(usage.billed_ms / 1000, sizes, task);
    }),
    {
      price: 'transitions',
      quantity: transitionsOf(transitions, files),
      what: 'the states of an execution that nothing keeps from its end',
    },
    { price: 'lambdaTime', quantity: seconds * FUNCTION_MEMORY_GB, what: 'orchestrate, move and settle' },
    { price: 'lambdaRequests', quantity: 2 + groups, what: 'likewise' },
    {
      price: 's3Writes',
      quantity: sum(({ s3_writes }) => s3_writes) + BATCH_REQUESTS.writes + files,
      what: 'the tasks, a copy of each file, manifest and results',
    },
    { price: 's3Reads', quantity: sum(({ s3_reads }) => s3_reads) + BATCH_REQUESTS.reads, what: 'likewise' },
    {
      price: 'dynamoWrites',
      quantity: dayItems + 2 * categoryItems + LEDGER_WRITES * files,
      what: 'KPIs, and the ledger',
    },
    { price: 'sqsRequests', quantity: 4 * files, what: 'sent, received, held and deleted' },
    { price: 'logs', quantity: LOG_BYTES.execution / 1e9, what: 'as assumed' },
    { price: 'traces', quantity: 2, what: 'state machine, orchestrate' },
  ];
}

/** A millionth of a dollar is what the cheapest of them come to. */
const rounded = (dollars: number) => Math.round(dollars * 1e7) / 1e7;
