import { z } from 'zod';
import { type Cursor, cursorSchema, type LedgerPage } from '../../operations/files/ledger-pages';
import type { FilePage } from '../api/files';

/** `after`: the `next` value of the previous page. */
export const afterSchema = z
  .string()
  .max(20_000)
  .transform((text, context): Cursor => {
    try {
      return cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    } catch {
      context.addIssue('expected the next value of a previous page');
      return z.NEVER;
    }
  });

/** A page of uploads with its cursor as text. */
export const filePage = ({ files, next, searched }: LedgerPage): FilePage => ({
  files,
  next: next ? Buffer.from(JSON.stringify(next)).toString('base64url') : null,
  searched,
});
