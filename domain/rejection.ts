import { z } from 'zod';

/** The content of a `.reason.json`: why a file was rejected. */
export const rejectionSchema = z.object({
  reason: z.string(),
  remedy: z.string(),
  kind: z.string().optional(),
  /** The line in the file; the header is line 1. */
  line: z.number().optional(),
  details: z.array(z.string()),
  /** The lines to add to contracts; earlier releases did not write them. */
  declarations: z
    .array(
      z.object({
        line: z.string(),
        others: z.array(z.string()),
        kind: z.string().optional(),
        column: z.string().optional(),
      }),
    )
    .default([]),
  /** No contract describes its columns. */
  is_unknown: z.boolean().default(false),
});
export type Rejection = z.infer<typeof rejectionSchema>;
