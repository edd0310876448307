import type { FileEntry } from './files';

export type {
  FileLine,
  LineageInput,
  LineageRow,
  LineageRows,
  MartRowLineage,
  RowCommit,
  StagedRowLineage,
  StagedVersion,
} from '../../operations/lineage/views';

/**
 * GET /api/lineage: the marts and kinds whose rows have a lineage.
 * GET /api/lineage/marts/{mart}?KEY=VALUE...: MartRowLineage. .../inputs/{view}?offset&limit&KEY=VALUE...: LineageRows.
 * GET /api/lineage/staging/{kind}?KEY=VALUE...: StagedRowLineage.
 * GET /api/lineage/line?key&upload&line: FileLine.
 */
export interface LineageTables {
  readonly marts: readonly LineageTable[];
  readonly kinds: readonly LineageTable[];
}

export interface LineageTable {
  readonly name: string;
  readonly description: string | null;
  readonly key: readonly string[];
}

/** GET /api/lineage/uploads?key&at: the uploads of a key with this upload time, or replays of it, newest first. */
export interface LineageUploads {
  readonly uploads: readonly FileEntry[];
}
