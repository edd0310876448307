import { useEffect } from 'react';
import { useSearchParams } from 'wouter';
import { Page } from '../shared/page';
import { DropZone } from './drop-zone';
import { FileList } from './file-list';
import { FileView } from './file-view';
import { LISTS } from './links';
import './files.css';

/** `?key=` and `?upload=` show the uploads of a key; else `?status=` and `?q=` choose among all. */
export default function FilesPage() {
  const [search] = useSearchParams();
  const key = search.get('key');
  const status = LISTS.find((list) => list.status === search.get('status'))?.status;
  useNoLeavingByDrop();
  return (
    <Page title="Files">
      {key === null ? (
        <>
          <DropZone />
          <FileList status={status} q={search.get('q') ?? ''} />
        </>
      ) : (
        <FileView key={key} fileKey={key} chosen={search.get('upload')} />
      )}
    </Page>
  );
}

/** A file that is dropped where none is taken would be opened by the browser, in place of this page. */
function useNoLeavingByDrop() {
  useEffect(() => {
    const stay = (event: DragEvent) => event.preventDefault();
    window.addEventListener('dragover', stay);
    window.addEventListener('drop', stay);
    return () => {
      window.removeEventListener('dragover', stay);
      window.removeEventListener('drop', stay);
    };
  }, []);
}
