import { catalog } from '../../catalog/catalog';
import { executionCost, executionCostSchema } from '../../cost/execution-cost';
import { executionReportSchema, settleResultSchema } from '../../domain/workflow';

/** A report with the cost of its usage at current list prices. Reports of earlier versions contain a cost and no usage. */
export const pricedReportSchema = executionReportSchema
  .extend({ cost: executionCostSchema.optional() })
  .transform(({ cost, ...report }) => ({
    ...report,
    ...(report.usage ? { cost: executionCost(report.usage, indexesOf) } : cost && { cost }),
  }));
export const pricedSettleResultSchema = settleResultSchema.extend({ report: pricedReportSchema });

/** 0 for a mart of another release or of other definitions. */
const indexesOf = (mart: string): number =>
  catalog.served.find(({ name }) => name === mart)?.dynamoDb.indexes.length ?? 0;
