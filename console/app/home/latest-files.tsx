import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import type { LatestFiles as Latest } from '../../api/files';
import { FileTable } from '../files/file-table';
import { fileLink } from '../files/links';
import { getJson } from '../shared/api';
import { Empty, Fetched } from '../shared/states';

const POLL_MS = 3_000;

export const latestFilesQuery = queryOptions({
  queryKey: ['files', 'latest'],
  queryFn: ({ signal }) => getJson<Latest>('files/latest', undefined, signal),
  refetchInterval: POLL_MS,
});

/** The files whose outcome is newest, without those of the entry points for events, which come every few seconds or minutes. */
export function LatestFiles() {
  const latest = useQuery(latestFilesQuery);
  const [, navigate] = useLocation();
  return (
    <Fetched query={latest} what="files">
      {({ files, has_events }) =>
        files.length > 0 ? (
          <FileTable
            label="Latest files"
            files={files}
            withKey
            onOpen={({ key, upload }) => navigate(`~/files${fileLink(key, upload)}`)}
          />
        ) : has_events ? (
          <Empty title="There are only files of events">
            Files of events that came over HTTP, a queue or a stream are on the{' '}
            <Link href="~/files">Files</Link> page.
          </Empty>
        ) : (
          <Empty title="No files yet">
            Upload files on the <Link href="~/files">Files</Link> page, or with <code>daybook upload</code>.
          </Empty>
        )
      }
    </Fetched>
  );
}
