import { Link, useLocation } from 'wouter';
import { useFileList } from '../files/file-queries';
import { FileTable } from '../files/file-table';
import { fileLink } from '../files/links';
import { Empty, Fetched } from '../shared/states';

const SHOWN = 8;
/** Files that ingest writes every few seconds or minutes would hide all others. */
const RAW_EVENTS = /^input\/events\/(http|sqs|kinesis|kafka)\//;

/** The files whose outcome is newest, without those of the entry points for events. */
export function LatestFiles() {
  const { head, files } = useFileList(undefined, '');
  const [, navigate] = useLocation();
  const shown = files.filter(({ key }) => !RAW_EVENTS.test(key)).slice(0, SHOWN);
  return (
    <Fetched query={head} what="files">
      {() =>
        shown.length > 0 ? (
          <FileTable
            label="Latest files"
            files={shown}
            withKey
            onOpen={({ key, upload }) => navigate(`~/files${fileLink(key, upload)}`)}
          />
        ) : files.length > 0 ? (
          <Empty title="The latest files have events">
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
