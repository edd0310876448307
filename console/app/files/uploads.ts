import { useSyncExternalStore } from 'react';
import type { WaitingFile } from '../../api/files';
import { getJson, upload } from '../shared/api';
import { createUploadQueue, type UploadItem } from './upload-queue';

/** The uploads of this tab: they go on while another page of the console is looked at. */
export const uploads = createUploadQueue({
  waiting: async (key) => (await getJson<WaitingFile>('files/waiting', { key })).waiting,
  send: (key, replace, content, onProgress, signal) =>
    upload('files/content', { key, replace }, content, onProgress, signal),
});

export function useUploads(): readonly UploadItem[] {
  return useSyncExternalStore(uploads.subscribe, uploads.items);
}

// What is on its way is lost with the tab.
addEventListener('beforeunload', (event) => {
  if (uploads.items().some(({ state }) => state === 'sending' || state === 'queued')) event.preventDefault();
});
