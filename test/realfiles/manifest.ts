import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const day = z.strictObject({
  total_orders: z.number().int(),
  total_revenue: z.string(),
  total_items_sold: z.number().int(),
});

export type Day = z.infer<typeof day>;

/** A file of a shop's system, and what must become of it in an empty deployment. */
const entrySchema = z.strictObject({
  file: z.string(),
  /** What is special about the file and, with a contract, what that declares. */
  what: z.string(),
  /** Files that are loaded before it, in this order. */
  with: z.array(z.string()).default([]),
  /** The folder of a platform in contracts/. */
  folder: z.string().optional(),
  /** Changes to the contracts, by kind, as in a file with `extends`. */
  contracts: z.record(z.string(), z.looseObject({})).optional(),
  /** The file is rejected with a reason that matches this pattern. */
  reject: z.string().optional(),
  /** Every day of order_kpis afterwards. After `base_orders.csv`, only the days that the file changes. */
  days: z.record(z.string(), day).optional(),
  /** Rows of products afterwards. */
  products: z.number().int().optional(),
});

export type Entry = z.infer<typeof entrySchema>;

export const filePath = (file: string): string => path.join(__dirname, 'files', file);

/** `manifest.yaml`. */
export const ENTRIES: readonly Entry[] = z
  .array(entrySchema)
  .parse(parse(readFileSync(path.join(__dirname, 'manifest.yaml'), 'utf8')));
