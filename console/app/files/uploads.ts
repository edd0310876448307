import { useSyncExternalStore } from 'react';
import type { FileCheck } from '../../api/checks';
import type { WaitingFile } from '../../api/files';
import { getJson, putFile, upload } from '../shared/api';
import { createUploadQueue, type UploadItem } from './upload-queue';

/** The uploads of this browser tab; they continue on other pages of the console. */
export const uploads = createUploadQueue({
  check: (key, content, signal) => putFile<FileCheck>('files/check', { key }, content, signal),
  waiting: async (key) => (await getJson<WaitingFile>('files/waiting', { key })).waiting,
  send: (key, replace, content, onProgress, signal) =>
    upload('files/content', { key, replace }, content, onProgress, signal),
});

export function useUploads(): readonly UploadItem[] {
  return useSyncExternalStore(uploads.subscribe, uploads.items);
}

// Closing the tab would cancel them.
addEventListener('beforeunload', (event) => {
  if (uploads.items().some(({ state }) => ['checking', 'sending', 'queued'].includes(state)))
    event.preventDefault();
});
