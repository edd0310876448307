import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { LedgerItem } from '../../../domain/ledger';
import type { ContractDraft } from '../../api/contracts';
import type { FileEntry, RejectionAnswer, ReplayState } from '../../api/files';
import { DraftContract } from '../contracts/draft';
import { Time } from '../shared/about';
import { getJson } from '../shared/api';
import { FileText } from '../shared/file-text';
import { formatBytes, formatCount } from '../shared/format';
import { Card, Fact } from '../shared/page';
import { Empty, Fetched } from '../shared/states';
import { Badge, outcomeTone } from '../shared/status';
import './check.css';
import { BadRows } from './bad-rows';
import { useUploadsOf } from './file-queries';
import { FileTable } from './file-table';
import { LinesToAdd } from './lines-to-add';
import { executionLink, fileLink, MEANINGS, outcomeWord, shownKey } from './links';
import { entryId } from './merge-files';
import { Redrive } from './redrive';
import { ReplayButton, ReplayProgress } from './replay';
import { UploadInPlace } from './upload-in-place';
import { UploadList } from './upload-list';

/**
 * All uploads of a key, with the details of the chosen or newest one. A completed upload stays shown when a newer one arrives,
 * so that the user's edits are not lost.
 */
export function FileView({ fileKey, chosen }: { readonly fileKey: string; readonly chosen: string | null }) {
  const [, navigate] = useLocation();
  const query = useUploadsOf(fileKey);
  const [kept, setKept] = useState<string>();
  const uploads = query.data?.uploads ?? [];
  const newest = uploads[0];
  const shown = pick(uploads, chosen ?? kept);
  const isCompleted = newest?.upload !== undefined && !['waiting', 'running'].includes(newest.outcome);
  useEffect(() => {
    if (chosen === null && kept === undefined && isCompleted) setKept(newest?.upload);
  }, [chosen, kept, isCompleted, newest?.upload]);
  const follow = () => {
    setKept(undefined);
    navigate(fileLink(fileKey));
  };
  return (
    <>
      <Link href="">← All files</Link>
      <UploadList />
      <Card title="Uploads of this file">
        <p className="file-key">
          <FileText>{shownKey(fileKey)}</FileText>
        </p>
        <Fetched query={query} what="uploads">
          {() =>
            newest ? (
              <FileTable
                label="Uploads of this key"
                files={uploads}
                withKey={false}
                height={240}
                selected={idOf(shown)}
                onOpen={({ key, upload }) =>
                  upload === undefined ? follow() : navigate(fileLink(key, upload))
                }
              />
            ) : (
              <Empty title="No uploads under this key">
                <Link href="">All files</Link>
              </Empty>
            )
          }
        </Fetched>
        {shown !== newest && (
          <div className="row" role="status">
            <span>An earlier upload is shown below.</span>
            <button type="button" onClick={follow}>
              Show newest
            </button>
          </div>
        )}
      </Card>
      {shown && <Upload key={idOf(shown)} entry={shown} />}
    </>
  );
}

const pick = (uploads: readonly FileEntry[], chosen: string | undefined): FileEntry | undefined =>
  uploads.find(({ upload }) => upload !== undefined && upload === chosen) ?? uploads[0];

const idOf = (entry: FileEntry | undefined): string | undefined => entry && entryId(entry);

/** True for an upload with a ledger item. */
const isRecorded = (entry: FileEntry): entry is LedgerItem => entry.upload !== undefined;

function Upload({ entry }: { readonly entry: FileEntry }) {
  const [replay, setReplay] = useState<ReplayState>();
  const { outcome, destination, execution } = entry;
  return (
    <>
      {isRecorded(entry) && outcome === 'rejected' && <Rejected upload={entry} />}
      <Card
        title="This upload"
        actions={
          outcome === 'archived' &&
          destination !== undefined && (
            <>
              <ReplayButton
                what={destination}
                label="Replay this upload"
                question="Reprocess this upload?"
                onStarted={setReplay}
              />
              {execution && (
                <ReplayButton
                  what={execution}
                  label="Replay its whole execution"
                  question={`Reprocess all archived files of ${execution}?`}
                  onStarted={setReplay}
                />
              )}
            </>
          )
        }
      >
        {replay && <ReplayProgress key={replay.id} started={replay} />}
        <Facts entry={entry} />
        {outcome === 'dead_letter' && <Redrive />}
      </Card>
      {isRecorded(entry) && entry.rejected_rows_key !== undefined && <BadRows upload={entry} />}
    </>
  );
}

function Facts({ entry }: { readonly entry: FileEntry }) {
  const { outcome, execution, executions = [], reason } = entry;
  const earlier = executions.filter((name) => name !== execution);
  return (
    <dl className="fact-list file-facts">
      <Fact name="Outcome">
        <Badge tone={outcomeTone(outcome)}>{outcomeWord(outcome)}</Badge> {MEANINGS[outcome]}
      </Fact>
      {reason && outcome !== 'rejected' && (
        <Fact name="Reason">
          <FileText>{reason}</FileText>
        </Fact>
      )}
      <Fact name="Uploaded">
        <Time at={entry.uploaded_at} />
      </Fact>
      {entry.received_at && (
        <Fact name="Received">
          <Time at={entry.received_at} />
        </Fact>
      )}
      {entry.updated_at && (
        <Fact name="Outcome since">
          <Time at={entry.updated_at} />
        </Fact>
      )}
      <Fact name="Size">{formatBytes(entry.size)}</Fact>
      {entry.kind && (
        <Fact name="Kind">
          <Link href={`~/contracts/${encodeURIComponent(entry.kind)}`}>{entry.kind}</Link>
        </Fact>
      )}
      {entry.contracts && (
        <Fact name="Contracts">
          <code>{entry.contracts}</code>
        </Fact>
      )}
      {entry.rows !== undefined && <Fact name="Rows">{formatCount(entry.rows)}</Fact>}
      {entry.rows_rejected !== undefined && <Fact name="Bad rows">{formatCount(entry.rows_rejected)}</Fact>}
      {entry.rows_left_out !== undefined && <Fact name="Left out">{formatCount(entry.rows_left_out)}</Fact>}
      {entry.rows_deleted !== undefined && (
        <Fact name="Rows that delete their key">{formatCount(entry.rows_deleted)}</Fact>
      )}
      {entry.tries !== undefined && entry.tries > 1 && <Fact name="Tries">{formatCount(entry.tries)}</Fact>}
      {execution && (
        <Fact name="Execution">
          <Link href={executionLink(execution)}>{execution}</Link>
          {earlier.map((name) => (
            <span key={name}>
              {' '}
              before: <Link href={executionLink(name)}>{name}</Link>
            </span>
          ))}
        </Fact>
      )}
      {entry.destination && (
        <Fact name="Location">
          <code className="wrap">
            <FileText>{entry.destination}</FileText>
          </code>
        </Fact>
      )}
      {entry.replay_of && (
        <Fact name="Replay of">
          the upload of <Time at={entry.replay_of} />
        </Fact>
      )}
      {entry.duplicate_of && (
        <Fact name="Duplicate of">
          <Link href={fileLink(entry.key, entry.duplicate_of)}>
            the upload of <Time at={entry.duplicate_of.split('/')[0]} />
          </Link>
        </Fact>
      )}
    </dl>
  );
}

/** Why a file was rejected, how to fix it, and the upload of a fixed file. */
function Rejected({ upload }: { readonly upload: LedgerItem }) {
  const { key, upload: name } = upload;
  const query = useQuery({
    queryKey: ['reason', key, name],
    queryFn: ({ signal }) => getJson<RejectionAnswer>('files/reason', { key, upload: name }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Card title="Why it was rejected">
      <Fetched query={query} what="the reason">
        {({ rejection }) =>
          rejection ? (
            <>
              <p className="rejection">
                <FileText>{rejection.reason}</FileText>
                {rejection.line !== undefined && ` (line ${formatCount(rejection.line)})`}
              </p>
              {rejection.details.length > 0 && (
                <ul className="details">
                  {rejection.details.map((detail) => (
                    <li key={detail}>
                      <FileText>{detail}</FileText>
                    </li>
                  ))}
                </ul>
              )}
              <p>
                How to fix it: <FileText>{rejection.remedy}</FileText>.
              </p>
              <LinesToAdd declarations={rejection.declarations} />
              {rejection.is_unknown && (
                <DraftContract
                  draft={() => getJson<ContractDraft>('contracts/draft', { key, upload: name })}
                />
              )}
            </>
          ) : (
            <p>
              <FileText>{upload.reason ?? 'The reason is no longer stored.'}</FileText>
            </p>
          )
        }
      </Fetched>
      <UploadInPlace fileKey={key} />
    </Card>
  );
}
