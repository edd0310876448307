import type { RowProgress } from '../../api/rows';
import { formatBytes, formatCount } from '../shared/format';

/** How far rows are that are being computed for the first time. */
export function Preparing({ progress, what }: { readonly progress: RowProgress; readonly what: string }) {
  const { files, files_loaded, bytes } = progress;
  const isLoading = files_loaded < files;
  return (
    <div className="state rows-preparing" role="status">
      <p className="state-title">
        <span className="spinner" aria-hidden="true" /> Preparing {what}
      </p>
      <progress
        max={Math.max(files, 1)}
        value={files_loaded}
        aria-label={`Files of ${what} that were read`}
      />
      <p className="muted">
        {isLoading
          ? `Reading ${formatCount(files_loaded + 1)} of ${formatCount(files)} files, ${formatBytes(bytes)} in all.`
          : 'All files were read. Computing the rows, which are then kept for the next time.'}
      </p>
    </div>
  );
}
