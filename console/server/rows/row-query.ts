import type { Context } from 'hono';
import { z } from 'zod';
import { parseFilter, type RowChoice } from '../../../operations/marts/row-filter';
import type { RowSource } from '../../../operations/marts/row-source';
import { daySchema } from '../range/range-query';

const MAX_FILTERS = 20;

/** The parameters of a request for rows, besides `where`, which can be repeated. */
export const rowQuerySchema = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000_000).default(1),
  size: z.coerce.number().int().min(1).max(500).default(100),
  sort: z.string().optional(),
  desc: z.enum(['true', 'false']).default('false'),
  from: daySchema.optional(),
  to: daySchema.optional(),
});

const whereSchema = z.array(z.string().max(2_000)).max(MAX_FILTERS);

/** The rows that a request chooses, by conditions and days. @throws ZodError, DeploymentError */
export function rowChoice(source: RowSource, context: Context): RowChoice {
  const { from, to } = rowQuerySchema.parse(context.req.query());
  return { ...rowFilters(source, context), from, to };
}

/** Those that it chooses by conditions alone. @throws ZodError, DeploymentError */
export function rowFilters(source: RowSource, context: Context): RowChoice {
  const where = whereSchema.parse(context.req.queries('where') ?? []);
  return { filters: where.map((text) => parseFilter(source, text)) };
}
