import type { InvocationResult } from '../function-config';

/** The items of a batch that a function did not process, by their indexes; `all` for the whole batch. */
export type FailedItems = readonly number[] | 'all';

/**
 * Reads the result of an invocation with a batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 * @param reports whether the mapping has ReportBatchItemFailures; otherwise the result of a function has no effect
 * @param indexOf the index of an `itemIdentifier`, or -1; the batch fails as a whole for an unknown one
 */
export function failedItems(
  result: InvocationResult,
  reports: boolean,
  indexOf: (identifier: unknown) => number,
): FailedItems {
  if (result.functionError) return 'all';
  if (!reports) return [];
  const response: unknown = JSON.parse(result.payload);
  if (typeof response !== 'object' || response === null) return [];
  const { batchItemFailures = null } = response as { batchItemFailures?: unknown };
  if (batchItemFailures === null) return [];
  if (!Array.isArray(batchItemFailures)) return 'all';
  const indexes = batchItemFailures.map((item: { itemIdentifier?: unknown } | null) =>
    indexOf(item?.itemIdentifier),
  );
  return indexes.includes(-1) ? 'all' : indexes;
}
