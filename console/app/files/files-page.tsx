import { useEffect } from 'react';
import { useSearchParams } from 'wouter';
import { Page } from '../shared/page';
import { DropZone } from './drop-zone';
import { FileList } from './file-list';
import { FileView } from './file-view';
import { LISTS } from './links';
import './files.css';

/** `?key=` and `?upload=` show the uploads of a key; otherwise `?status=` and `?q=` filter all uploads. */
export default function FilesPage() {
  const [search] = useSearchParams();
  const key = search.get('key');
  const status = LISTS.find((list) => list.status === search.get('status'))?.status;
  usePreventDropNavigation();
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

/** Without this, the browser would open a file dropped outside the drop zone. */
function usePreventDropNavigation() {
  useEffect(() => {
    const prevent = (event: DragEvent) => event.preventDefault();
    window.addEventListener('dragover', prevent);
    window.addEventListener('drop', prevent);
    return () => {
      window.removeEventListener('dragover', prevent);
      window.removeEventListener('drop', prevent);
    };
  }, []);
}
