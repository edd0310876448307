/** How far rows are that are being prepared. */
export interface RowProgress {
  /** Data files to download, and those that have arrived; after the last one the rows are computed. */
  readonly files: number;
  readonly files_loaded: number;
  /** Size of the files in bytes. */
  readonly bytes: number;
}
