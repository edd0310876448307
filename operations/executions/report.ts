import type { z } from 'zod';
import { executionCost, executionCostSchema } from '../../cost/execution-cost';
import { executionReportSchema, settleResultSchema } from '../../domain/workflow';

/** A report with the cost of its usage at current list prices. Reports of earlier versions contain a cost and no usage. */
export const pricedReportSchema = executionReportSchema
  .extend({ cost: executionCostSchema.optional() })
  .transform(({ cost, ...report }) => ({
    ...report,
    ...(report.usage ? { cost: executionCost(report.usage) } : cost && { cost }),
  }));
export type PricedReport = z.infer<typeof pricedReportSchema>;

export const pricedSettleResultSchema = settleResultSchema.extend({ report: pricedReportSchema });
