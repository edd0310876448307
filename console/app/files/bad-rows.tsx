import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { fileFormat, withoutExtension } from '../../../domain/file-rules';
import type { HeaderMatch } from '../../../domain/header-match';
import type { LedgerItem } from '../../../domain/ledger';
import { fixedKey } from '../../../domain/upload-keys';
import type { BadRowEntry, BadRowsPage, FixedRowsAnswer, FixedRowsRequest } from '../../api/files';
import { download, getJson, postJson } from '../shared/api';
import { ConfirmButton } from '../shared/confirm';
import { FileText } from '../shared/file-text';
import { formatCount } from '../shared/format';
import { Card } from '../shared/page';
import { Failure, Loading } from '../shared/states';
import { BadRow, BadRowText } from './bad-row';
import { type Edits, expectation, fixedRows } from './fixing';
import { fileLink, shownKey } from './links';

/** The bad rows of an upload with their faults, and the form to fix them. */
export function BadRows({ upload }: { readonly upload: LedgerItem }) {
  const place = { key: upload.key, upload: upload.upload };
  const { data, error, fetchNextPage, hasNextPage, isFetching, refetch } = useInfiniteQuery({
    queryKey: ['bad-rows', place],
    queryFn: ({ pageParam, signal }) =>
      getJson<BadRowsPage>('files/bad-rows', { ...place, from: pageParam }, signal),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next ?? undefined,
    // Rejected rows never change.
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [edits, setEdits] = useState<Edits>(new Map());
  const rows = data?.pages.flatMap((page) => page.rows) ?? [];
  const shape = data?.pages[0]?.shape ?? undefined;
  const edit = (line: number, cells: readonly string[] | undefined) => {
    const changed = new Map(edits);
    if (cells) changed.set(line, cells);
    else changed.delete(line);
    setEdits(changed);
  };
  return (
    <Card
      title={`Bad rows: ${formatCount(Math.max(upload.rows_rejected ?? 0, rows.length))}`}
      actions={<Downloads upload={upload} />}
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="bad rows" />}
      {data && !shape && (
        <p className="muted hint">
          {isCsv(upload.key)
            ? 'The file no longer exists, so its columns are unknown. The rows are shown as text.'
            : 'The rows are shown as JSON. To fix them, download the rows to fix, and upload the fixed file.'}
        </p>
      )}
      {shape && (
        <>
          <p className="muted small hint">
            Faults are marked ✕ and explained below the row. Choose Fix to edit a row, then upload all fixed
            rows together.
          </p>
          <BadRowsTable shape={shape} rows={rows} edits={edits} onEdit={edit} />
          <FixedRows
            upload={upload}
            match={shape.match}
            rows={rows}
            edits={edits}
            onDone={() => setEdits(new Map())}
          />
        </>
      )}
      {data && !shape && (
        <ul className="bad-row-texts">
          {rows.map((row) => (
            <BadRowText key={row.line} row={row} />
          ))}
        </ul>
      )}
      <div className="row muted small">
        {rows.length > 0 && (
          <span>
            {formatCount(rows.length)} of {formatCount(Math.max(upload.rows_rejected ?? 0, rows.length))}{' '}
            shown
          </span>
        )}
        {hasNextPage && (
          <button type="button" disabled={isFetching} onClick={() => void fetchNextPage()}>
            {isFetching ? 'Loading…' : 'Show more'}
          </button>
        )}
      </div>
    </Card>
  );
}

function BadRowsTable({
  shape: { header, match },
  rows,
  edits,
  onEdit,
}: {
  readonly shape: NonNullable<BadRowsPage['shape']>;
  readonly rows: readonly BadRowEntry[];
  readonly edits: Edits;
  readonly onEdit: (line: number, cells: readonly string[] | undefined) => void;
}) {
  const width = rows.reduce((widest, { cells }) => Math.max(widest, cells?.length ?? 0), header.length);
  const beyond = Array.from({ length: width - header.length }, (_, at) => header.length + at + 1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard
    <section className="bad-rows" aria-label="Bad rows" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Line</th>
            {header.map((name, at) => (
              <th key={at} scope="col" title={expectation(match, at)}>
                <FileText>{name.trim() || `(column ${at + 1})`}</FileText>
              </th>
            ))}
            {beyond.map((at) => (
              <th key={at} scope="col">
                (column {at})
              </th>
            ))}
          </tr>
        </thead>
        {rows.map((row) => (
          <BadRow
            key={row.line}
            row={row}
            header={header}
            width={width}
            match={match}
            edited={edits.get(row.line)}
            onEdit={(cells) => onEdit(row.line, cells)}
          />
        ))}
      </table>
    </section>
  );
}

/** The rows of other formats are JSON. */
function isCsv(key: string): boolean {
  const format = fileFormat(key);
  return 'format' in format && format.format === 'csv';
}

function Downloads({ upload: { key, upload } }: { readonly upload: LedgerItem }) {
  const [error, setError] = useState<Error>();
  const name = withoutExtension(key.split('/').at(-1) ?? 'rows');
  const extension = isCsv(key) ? 'csv' : 'ndjson';
  const save = (path: string, fileName: string) => {
    setError(undefined);
    download(path, fileName, { key, upload }).catch(setError);
  };
  return (
    <>
      <button
        type="button"
        title={
          isCsv(key)
            ? "Only the bad rows, with the file's own header, to be fixed and uploaded. Cells that a spreadsheet could read as formulas start with an apostrophe."
            : 'Only the bad rows, one JSON object per line, to be fixed and uploaded.'
        }
        onClick={() => save('files/rows-to-fix.csv', `${name}.rows-to-fix.${extension}`)}
      >
        Download rows to fix
      </button>
      <button
        type="button"
        title="The columns line, column, reason and row"
        onClick={() => save('files/bad-rows.csv', `${name}.csv.rows.csv`)}
      >
        Download with reasons
      </button>
      {error && <Failure error={error} />}
    </>
  );
}

/** Uploads the fixed rows. */
function FixedRows({
  upload,
  match,
  rows,
  edits,
  onDone,
}: {
  readonly upload: LedgerItem;
  readonly match: HeaderMatch;
  readonly rows: readonly BadRowEntry[];
  readonly edits: Edits;
  readonly onDone: () => void;
}) {
  const [answer, setAnswer] = useState<FixedRowsAnswer>();
  const client = useQueryClient();
  const fixed = fixedRows(rows, edits, match);
  const bad = (upload.rows_rejected ?? rows.length) - fixed.length;
  const isWhole = upload.outcome === 'rejected';
  const count = `${formatCount(fixed.length)} fixed ${fixed.length === 1 ? 'row' : 'rows'}`;
  const send = async () => {
    const request: FixedRowsRequest = { key: upload.key, upload: upload.upload, rows: fixed };
    setAnswer(await postJson<FixedRowsAnswer>('files/fixed-rows', request));
    onDone();
    await client.invalidateQueries({ queryKey: ['files'] });
  };
  return (
    <div className="notice">
      <div className="row">
        <ConfirmButton
          label={fixed.length === 0 ? 'Upload fixed rows' : `Upload ${count}`}
          question={isWhole ? `Upload the file again with ${count}?` : `Upload ${count} as a new file?`}
          disabled={fixed.length === 0}
          onConfirm={send}
        >
          <p>
            The fixed rows are uploaded to input/ as a new file next to this one:{' '}
            <code className="wrap">
              <FileText>{shownKey(fixedKey(upload.key, new Date()))}</FileText>
            </code>{' '}
            (with the time of the upload).
          </p>
          <p>
            {isWhole
              ? 'The new file contains all rows of the rejected file, with the fixed rows in place of the bad ones.'
              : 'The other rows of the file are already loaded.'}{' '}
            {bad > 0 &&
              (isWhole
                ? `${formatCount(bad)} bad ${bad === 1 ? 'row remains' : 'rows remain'} and will not be loaded. If that is more than the allowed share, the file is rejected again.`
                : `${formatCount(bad)} bad ${bad === 1 ? 'row is' : 'rows are'} not loaded.`)}
          </p>
          <p>Fixed rows count as uploaded now, so they are newer than the same rows in earlier files.</p>
        </ConfirmButton>
        <span role="status" className="muted small">
          {fixed.length > 0 && `${count}, ${formatCount(Math.max(bad, 0))} still bad`}
        </span>
      </div>
      {answer && (
        <p role="status">
          {formatCount(answer.rows)} {answer.rows === 1 ? 'row' : 'rows'} uploaded as{' '}
          <Link href={fileLink(answer.key)}>
            <FileText>{shownKey(answer.key)}</FileText>
          </Link>
          . The next execution loads {answer.rows === 1 ? 'it' : 'them'}.
        </p>
      )}
    </div>
  );
}
