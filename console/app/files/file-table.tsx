import { useMemo } from 'react';
import { Link } from 'wouter';
import type { FileEntry } from '../../api/files';
import { useAbout } from '../shared/about';
import { bytesColumn, countColumn } from '../shared/columns';
import { type Column, DataTable } from '../shared/data-table';
import { FileText } from '../shared/file-text';
import { formatInstant } from '../shared/format';
import { Badge, outcomeTone } from '../shared/status';
import { executionLink, outcomeWord, shownKey } from './links';
import { entryId } from './merge-files';

/** A table of uploads and their outcomes. */
export function FileTable({
  label,
  files,
  withKey,
  contracts,
  selected,
  height,
  onOpen,
  onEnd,
}: {
  readonly label: string;
  readonly files: readonly FileEntry[];
  /** True if the uploads have different keys. */
  readonly withKey: boolean;
  /** The hash of the present contracts: shows by which contracts each upload was read. */
  readonly contracts?: string | undefined;
  readonly selected?: string | undefined;
  readonly height?: number;
  readonly onOpen: (file: FileEntry) => void;
  readonly onEnd?: () => void;
}) {
  const timeZone = useAbout()?.timeZone ?? 'UTC';
  const columns = useMemo(() => columnsOf(withKey, timeZone, contracts), [withKey, timeZone, contracts]);
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={files}
      rowId={entryId}
      onOpen={onOpen}
      selected={selected}
      {...(height !== undefined && { height })}
      {...(onEnd && { onEnd })}
    />
  );
}

function columnsOf(withKey: boolean, timeZone: string, present: string | undefined): Column<FileEntry>[] {
  const time = (id: 'uploaded_at' | 'updated_at', header: string, wideOnly: boolean): Column<FileEntry> => ({
    id,
    header,
    value: (file) => file[id],
    cell: (file) => <ShortTime at={file[id]} timeZone={timeZone} />,
    width: 1.7,
    wideOnly,
  });
  return [
    ...(withKey
      ? [
          {
            id: 'key',
            header: 'File',
            value: (file: FileEntry) => shownKey(file.key),
            cell: (file: FileEntry) => <FileText>{shownKey(file.key)}</FileText>,
            width: 2.2,
          },
        ]
      : [time('uploaded_at', 'Uploaded', false)]),
    {
      id: 'outcome',
      header: 'Outcome',
      value: ({ outcome }) => outcome,
      cell: ({ outcome }) => <Badge tone={outcomeTone(outcome)}>{outcomeWord(outcome)}</Badge>,
      width: 1.6,
    },
    bytesColumn('size', 'Size', ({ size }) => size, { width: 0.9, minWidth: 96, wideOnly: true }),
    countColumn('rows', 'Rows', ({ rows }) => rows, { width: 0.8, minWidth: 84, wideOnly: true }),
    countColumn('rows_rejected', 'Bad', ({ rows_rejected }) => rows_rejected, { width: 0.7 }),
    ...(present === undefined
      ? []
      : [
          {
            id: 'contracts',
            header: 'Contracts',
            value: ({ contracts }: FileEntry) => contracts,
            cell: ({ contracts }: FileEntry) =>
              contracts === present ? 'present' : contracts && <code>{contracts}</code>,
            wideOnly: true,
            width: 1.4,
          },
        ]),
    {
      id: 'execution',
      header: 'Execution',
      value: ({ execution }) => execution,
      cell: ({ execution }) =>
        execution && (
          <Link
            className="small"
            title={execution}
            href={executionLink(execution)}
            onClick={(event) => event.stopPropagation()}
          >
            {execution}
          </Link>
        ),
      width: 1.6,
      wideOnly: true,
    },
    ...(withKey ? [time('uploaded_at', 'Uploaded', true)] : []),
    time('updated_at', 'Since', true),
  ];
}

/** A time without year and zone to keep the column narrow; the tooltip shows all of it. */
function ShortTime({ at, timeZone }: { readonly at: string | undefined; readonly timeZone: string }) {
  if (at === undefined) return null;
  const format = new Intl.DateTimeFormat(undefined, {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return (
    <time className="small" dateTime={at} title={formatInstant(at, timeZone)}>
      {format.format(new Date(at))}
    </time>
  );
}
