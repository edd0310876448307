import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { FileEntry } from '../../api/files';
import type { StagedVersion } from '../../api/lineage';
import { fileLink, outcomeWord, shownKey } from '../files/links';
import { Time } from '../shared/about';
import { CopyButton } from '../shared/copy-button';
import { FileText } from '../shared/file-text';
import { formatCount } from '../shared/format';
import { Fetched } from '../shared/states';
import { TextBlock } from '../shared/text-block';
import { CommitText } from './commit-text';
import { lineQuery, uploadsQuery } from './queries';

/** Where a version is from: its execution, its file and upload, and the exact line. */
export function VersionOrigin({ version }: { readonly version: StagedVersion }) {
  const { source_key, uploaded_at, line } = version;
  const uploads = useQuery(uploadsQuery(source_key, uploaded_at));
  return (
    <Fetched query={uploads} what="the upload">
      {({ uploads: found }) => {
        const archived = found.find(({ destination }) => destination !== undefined);
        return (
          <>
            <dl className="fact-list lineage-origin">
              <div>
                <dt>File</dt>
                <dd>
                  <Link href={`~/files${fileLink(source_key, archived?.upload)}`}>
                    <FileText>{shownKey(source_key)}</FileText>
                  </Link>
                  {line !== null && `, line ${formatCount(line)}`}
                </dd>
              </div>
              <div>
                <dt>Uploaded</dt>
                <dd>
                  <Time at={uploaded_at} />
                  {found.length > 1 && `, and ${formatCount(found.length - 1)} replayed`}
                </dd>
              </div>
              <div>
                <dt>Staged by</dt>
                <dd>
                  <Staged version={version} upload={found.at(-1)} />
                </dd>
              </div>
              {archived?.destination !== undefined && (
                <div>
                  <dt>Archived as</dt>
                  <dd>
                    <code>
                      <FileText>{archived.destination}</FileText>
                    </code>
                  </dd>
                </div>
              )}
            </dl>
            {line === null ? (
              <p className="lineage-note muted">
                The row came again unchanged in this file, at a line that is not stored.
              </p>
            ) : archived?.upload !== undefined ? (
              <Line fileKey={archived.key} upload={archived.upload} line={line} />
            ) : (
              <p className="lineage-note muted">
                {found[0]
                  ? `The upload is ${outcomeWord(found[0].outcome)}, and has no archived file yet.`
                  : 'The ledger no longer has the upload, so its line cannot be shown.'}
              </p>
            )}
          </>
        );
      }}
    </Fetched>
  );
}

/** The execution of the commit; where the log no longer has it, that of the upload. */
function Staged({
  version: { staged },
  upload,
}: {
  readonly version: StagedVersion;
  readonly upload: FileEntry | undefined;
}) {
  if (staged || !upload?.execution) return <CommitText commit={staged} />;
  return (
    <Link className="mono" href={`~/executions/${encodeURIComponent(upload.execution)}`}>
      {upload.execution}
    </Link>
  );
}

function Line({
  fileKey,
  upload,
  line,
}: {
  readonly fileKey: string;
  readonly upload: string;
  readonly line: number;
}) {
  const query = useQuery(lineQuery(fileKey, upload, line));
  return (
    <section className="lineage-line" aria-label={`Line ${line}`}>
      <Fetched query={query} what="the line">
        {({ text, cells, note }) => (
          <>
            {text !== null && (
              <>
                <div className="row">
                  <h3>Line {formatCount(line)} as it is in the file</h3>
                  <CopyButton text={text} what={`line ${line}`} />
                </div>
                <TextBlock label={`Text of line ${line}`} text={text} />
              </>
            )}
            {note !== null && <p className="lineage-note muted">{note}</p>}
            {cells.length > 0 && (
              <details>
                <summary>By the columns of the file</summary>
                <dl className="lineage-values">
                  {cells.map(({ column, value }, at) => (
                    <div key={`${at} ${column}`}>
                      <dt>
                        <FileText>{column}</FileText>
                      </dt>
                      <dd>
                        {value === '' ? <span className="muted">empty</span> : <FileText>{value}</FileText>}
                      </dd>
                    </div>
                  ))}
                </dl>
              </details>
            )}
          </>
        )}
      </Fetched>
    </section>
  );
}
