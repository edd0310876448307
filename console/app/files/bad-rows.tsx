import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { HeaderMatch } from '../../../domain/file-rules';
import type { LedgerItem } from '../../../domain/ledger';
import { fixedKey } from '../../../domain/upload-keys';
import type { BadRowEntry, BadRowsPage, MendedAnswer, MendedRequest } from '../../api/files';
import { download, getJson, postJson } from '../shared/api';
import { ConfirmButton } from '../shared/confirm';
import { FileText } from '../shared/file-text';
import { formatCount } from '../shared/format';
import { Card } from '../shared/page';
import { Failure, Loading } from '../shared/states';
import { BadRow, BadRowText } from './bad-row';
import { fileLink, shownKey } from './links';
import { type Edits, expectation, mendedRows } from './mending';

/** The bad rows of an upload: what is wrong with each, and how they are mended. */
export function BadRows({ upload }: { readonly upload: LedgerItem }) {
  const place = { key: upload.key, upload: upload.upload };
  const { data, error, fetchNextPage, hasNextPage, isFetching, refetch } = useInfiniteQuery({
    queryKey: ['bad-rows', place],
    queryFn: ({ pageParam, signal }) =>
      getJson<BadRowsPage>('files/bad-rows', { ...place, from: pageParam }, signal),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next ?? undefined,
    // What was rejected stays as it is.
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
          The file whose header names the columns is no longer there: the rows are shown as text.
        </p>
      )}
      {shape && (
        <>
          <p className="muted small hint">
            What is wrong is marked ✕ and explained below its row. Choose Mend to change a row’s cells; a row
            that is right then goes in with the others that you mended.
          </p>
          <BadRowsTable shape={shape} rows={rows} edits={edits} onEdit={edit} />
          <Mended
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

function Downloads({ upload: { key, upload } }: { readonly upload: LedgerItem }) {
  const [error, setError] = useState<Error>();
  const name = (key.split('/').at(-1) ?? 'rows').replace(/\.csv(\.gz)?$/i, '');
  const save = (path: string, fileName: string) => {
    setError(undefined);
    download(path, fileName, { key, upload }).catch(setError);
  };
  return (
    <>
      <button
        type="button"
        title="These rows alone in the file's own columns, to be mended and dropped in. What a spreadsheet could take for a formula has an apostrophe in front."
        onClick={() => save('files/mendable.csv', `${name}.to-mend.csv`)}
      >
        Download rows to mend
      </button>
      <button
        type="button"
        title="line, column, reason, row: as the pipeline wrote it"
        onClick={() => save('files/bad-rows.csv', `${name}.csv.rows.csv`)}
      >
        Download with reasons
      </button>
      {error && <Failure error={error} />}
    </>
  );
}

/** Sends what was mended. */
function Mended({
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
  const [answer, setAnswer] = useState<MendedAnswer>();
  const client = useQueryClient();
  const mended = mendedRows(rows, edits, match);
  const bad = (upload.rows_rejected ?? rows.length) - mended.length;
  const isWhole = upload.outcome === 'rejected';
  const count = `${formatCount(mended.length)} mended ${mended.length === 1 ? 'row' : 'rows'}`;
  const send = async () => {
    const request: MendedRequest = { key: upload.key, upload: upload.upload, rows: mended };
    setAnswer(await postJson<MendedAnswer>('files/mended', request));
    onDone();
    await client.invalidateQueries({ queryKey: ['files'] });
  };
  return (
    <div className="notice mended">
      <div className="row">
        <ConfirmButton
          label={mended.length === 0 ? 'Upload mended rows' : `Upload ${count}`}
          question={isWhole ? `Upload the file again with ${count}?` : `Upload ${count} as a new file?`}
          disabled={mended.length === 0}
          onConfirm={send}
        >
          <p>
            Mended rows go into input/ as a new file next to this one:{' '}
            <code className="wrap">
              <FileText>{shownKey(fixedKey(upload.key, new Date()))}</FileText>
            </code>{' '}
            (with the time of the upload).
          </p>
          <p>
            {isWhole
              ? 'As the file was rejected whole, all its rows go with them, the mended ones in place of those in their lines.'
              : 'The other rows of the file are in already.'}{' '}
            {bad > 0 &&
              (isWhole
                ? `${formatCount(bad)} stay bad: they are left out, and if they are more than the share that is allowed, the file is rejected again.`
                : `${formatCount(bad)} bad ${bad === 1 ? 'row stays' : 'rows stay'} out.`)}
          </p>
          <p>Mended rows count as uploaded now: newer than the same rows of any file that came before.</p>
        </ConfirmButton>
        <span role="status" className="muted small">
          {mended.length > 0 && `${count}, ${formatCount(Math.max(bad, 0))} still bad`}
        </span>
      </div>
      {answer && (
        <p role="status">
          {formatCount(answer.rows)} {answer.rows === 1 ? 'row' : 'rows'} uploaded as{' '}
          <Link href={fileLink(answer.key)}>
            <FileText>{shownKey(answer.key)}</FileText>
          </Link>
          . The next execution brings {answer.rows === 1 ? 'it' : 'them'} in.
        </p>
      )}
    </div>
  );
}
