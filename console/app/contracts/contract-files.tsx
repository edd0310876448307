import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { plural } from '../../../domain/plural';
import { FileTable } from '../files/file-table';
import { fileLink } from '../files/links';
import { formatCount } from '../shared/format';
import { Card } from '../shared/page';
import { Empty, Failure, Loading } from '../shared/states';
import { contractFilesQuery, contractsQuery } from './queries';

/** The uploads that were read by a contract, or by a source that gives rows to it, newest first. */
export function ContractFiles({ name }: { readonly name: string }) {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    contractFilesQuery(name),
  );
  const present = useQuery(contractsQuery).data?.hash;
  const [, navigate] = useLocation();
  const files = data?.pages.flatMap((page) => page.files) ?? [];
  const searched = data?.pages.reduce((sum, page) => sum + page.searched, 0) ?? 0;
  return (
    <Card title="Files">
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="files" />}
      {files.length > 0 && (
        <FileTable
          label={`Files of ${name}`}
          files={files}
          withKey
          contracts={present}
          height={360}
          onOpen={({ key, upload }) => navigate(`~/files${fileLink(key, upload)}`)}
        />
      )}
      {data && files.length === 0 && !hasNextPage && (
        <Empty title="No file was read by this contract yet">
          <Link href="~/files">Upload files</Link> to start.
        </Empty>
      )}
      {data && (
        <div className="row muted small" role="status">
          <span>
            {plural(files.length, 'upload', formatCount)} of {formatCount(searched)} searched, newest first.
          </span>
          {hasNextPage && (
            <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {isFetchingNextPage ? 'Searching…' : 'Search more'}
            </button>
          )}
        </div>
      )}
    </Card>
  );
}
