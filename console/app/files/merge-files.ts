import type { FileEntry, FilePage } from '../../api/files';

/** Identifies an upload; without a ledger item, by its content. */
export const entryId = ({ key, upload, etag }: FileEntry): string => `${key} ${upload ?? etag}`;

const timeOf = ({ updated_at, uploaded_at }: FileEntry): string => updated_at ?? uploaded_at;

export interface Merged {
  readonly files: readonly FileEntry[];
  /** Uploads between the first page and the others may be missing, so the others must be read again. */
  readonly hasGap: boolean;
}

/**
 * Merges the first page, which is refreshed, with pages that were loaded once. An upload whose outcome changed appears in the
 * first page again, which takes precedence.
 */
export function mergeFiles(head: FilePage, deep: readonly FilePage[]): Merged {
  const [snapshot] = deep;
  if (!snapshot) return { files: head.files, hasGap: false };
  const known = new Set<string>();
  const files: FileEntry[] = [];
  for (const file of [head, ...deep].flatMap((page) => page.files)) {
    const id = entryId(file);
    if (known.has(id)) continue;
    known.add(id);
    files.push(file);
  }
  const oldest = head.files.at(-1);
  const newest = snapshot.files[0];
  const hasGap =
    head.next !== null && oldest !== undefined && newest !== undefined && timeOf(oldest) > timeOf(newest);
  return { files, hasGap };
}
