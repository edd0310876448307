import { useSyncExternalStore } from 'react';
import type { WaitingFile } from '../../api/files';
import { getJson, upload } from '../shared/api';
import { createUploadQueue, type UploadItem } from './upload-queue';

/** The uploads of this browser tab; they continue on other pages of the console. */
export const uploads = createUploadQueue({
  waiting: async (key) => (await getJson<WaitingFile>('files/waiting', { key })).waiting,
  send: (key, replace, content, onProgress, signal) =>
    upload('files/content', { key, replace }, content, onProgress, signal),
});

export function useUploads(): readonly UploadItem[] {
  return useSyncExternalStore(uploads.subscribe, uploads.items);
}

// Closing the tab would cancel them.
addEventListener('beforeunload', (event) => {
  if (uploads.items().some(({ state }) => state === 'sending' || state === 'queued')) event.preventDefault();
});
