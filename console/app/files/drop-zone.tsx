import { useEffect, useId, useRef, useState } from 'react';
import { Card } from '../shared/page';
import { chosenFiles, droppedFiles } from './dropped-files';
import { UploadList } from './upload-list';
import { uploads } from './uploads';

/** Accepts files dropped anywhere on the page, or chosen with the buttons. */
export function DropZone() {
  const [folder, setFolder] = useState('');
  const [isOver, setOver] = useState(false);
  const folderOfDrops = useRef(folder);
  folderOfDrops.current = folder;
  const files = useRef<HTMLInputElement>(null);
  const folders = useRef<HTMLInputElement>(null);
  const folderId = useId();

  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      // Otherwise the browser would open the file.
      event.preventDefault();
      setOver(false);
      void droppedFiles(event.dataTransfer).then((found) => uploads.add(found, folderOfDrops.current));
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, []);

  const choose = (input: HTMLInputElement) => {
    uploads.add(chosenFiles(input.files ?? []), folder);
    // Allows choosing the same file again.
    input.value = '';
  };
  return (
    <Card title="Upload">
      <div className={`drop-zone ${isOver ? 'drop-zone-over' : ''}`}>
        <p className="drop-zone-title">Drop CSV files or folders anywhere on this page</p>
        <div className="row drop-zone-choices">
          <button type="button" className="primary" onClick={() => files.current?.click()}>
            Choose files
          </button>
          <button type="button" onClick={() => folders.current?.click()}>
            Choose a folder
          </button>
          <label htmlFor={folderId}>into input/</label>
          <input
            id={folderId}
            value={folder}
            onChange={(event) => setFolder(event.target.value)}
            placeholder="folder, optional"
            spellCheck={false}
            autoComplete="off"
          />
        </div>
        <p className="muted small">
          CSV files as .csv, .tsv or .txt, JSON objects as .ndjson, .jsonl or .json, compressed as .gz, .zst
          or .zip if you like, or .parquet. The file name or the header decides the kind. Each file is checked
          first, and needs your confirmation if rows would be rejected. Files are uploaded one at a time, in
          order of name.
        </p>
        <input
          ref={files}
          type="file"
          multiple
          hidden
          aria-label="Files to upload"
          onChange={(event) => choose(event.target)}
        />
        <input
          ref={(input) => {
            folders.current = input;
            // React does not support this attribute.
            input?.setAttribute('webkitdirectory', '');
          }}
          type="file"
          hidden
          aria-label="Folder to upload"
          onChange={(event) => choose(event.target)}
        />
      </div>
      <UploadList />
    </Card>
  );
}
