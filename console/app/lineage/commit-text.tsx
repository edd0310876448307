import { Link } from 'wouter';
import type { RowCommit } from '../../api/lineage';
import { Time } from '../shared/about';

/** The execution of a commit, its time, and the version of the table. */
export function CommitText({ commit }: { readonly commit: RowCommit | null }) {
  if (!commit) return <span className="muted">no longer in the table's log</span>;
  const { execution, at, version } = commit;
  return (
    <>
      {execution ? (
        <Link className="mono" href={`~/executions/${encodeURIComponent(execution)}`}>
          {execution}
        </Link>
      ) : (
        'unknown execution'
      )}{' '}
      <span className="muted small">
        <Time at={at} />, version {version}
      </span>
    </>
  );
}
