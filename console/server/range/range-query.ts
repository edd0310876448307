import { z } from 'zod';
import { isDay } from '../../../domain/time';
import { PERIODS } from '../../api/range';
import { GRANULARITIES } from './calendar';

/** A day of a request. */
export const daySchema = z.string().refine(isDay, 'expected a day as YYYY-MM-DD');

/** The parameters of a request that choose its days. */
export const rangeSchema = z
  .object({
    period: z.enum(PERIODS).optional(),
    from: daySchema.optional(),
    to: daySchema.optional(),
    by: z.enum(GRANULARITIES).optional(),
  })
  .refine(({ from, to }) => !from || !to || from <= to, 'expected "from" to be no later than "to"');
