import { keyFault, rejectedForName, uploadKey } from '../../../domain/upload-keys';
import { type FileCheck, isFaulty, MAX_CHECKED_BYTES } from '../../api/checks';

/**
 * - `queued`: waiting for its turn.
 * - `checking`: the server checks its content before the upload.
 * - `unconfirmed`: a file is waiting under its key, or the file or rows of it would be rejected; `confirm` uploads it anyway.
 * - `invalid`: its key is invalid.
 */
export type UploadState =
  | 'queued'
  | 'checking'
  | 'sending'
  | 'unconfirmed'
  | 'invalid'
  | 'done'
  | 'failed'
  | 'cancelled';

export interface UploadItem {
  readonly id: number;
  readonly key: string;
  readonly size: number;
  readonly state: UploadState;
  /** Share of bytes sent, 0 to 1. */
  readonly progress: number;
  /** What a pipeline would do with it; undefined if it was not checked. */
  readonly check?: FileCheck | undefined;
  /** Why it will be rejected, or was not checked. */
  readonly advice?: string | undefined;
  /** The error, or the advice. */
  readonly note?: string | undefined;
  /** If unconfirmed because of it: the file that is waiting under its key. */
  readonly waiting?: Waiting | undefined;
}

export interface Waiting {
  readonly size: number;
  readonly uploaded_at: string;
}

/** A file to upload; `name` includes its folders. */
export interface ChosenFile {
  readonly name: string;
  readonly content: Blob;
}

/** The server requests that uploads need. */
export interface UploadTarget {
  /** What a pipeline would do with a file. */
  check(key: string, content: Blob, signal: AbortSignal): Promise<FileCheck>;
  /** The file that is waiting under a key. */
  waiting(key: string): Promise<Waiting | null>;
  send(
    key: string,
    replace: boolean,
    content: Blob,
    onProgress: (part: number) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface UploadQueue {
  /** The items in the order added; the same array until something changes. */
  items(): readonly UploadItem[];
  subscribe(onChange: () => void): () => void;
  add(files: readonly ChosenFile[], folder: string): void;
  /** Uploads unconfirmed items, and retries failed or cancelled ones. */
  confirm(...ids: readonly number[]): void;
  cancel(...ids: readonly number[]): void;
  /** Removes all completed items. */
  clear(): void;
}

const ENDED: readonly UploadState[] = ['done', 'invalid', 'failed', 'cancelled'];

/** Uploads files one at a time in order of name, so that a row in several files is newest in the last one. */
export function createUploadQueue(target: UploadTarget): UploadQueue {
  let items: readonly UploadItem[] = [];
  let nextId = 1;
  let isBusy = false;
  const contents = new Map<number, Blob>();
  const replacing = new Set<number>();
  /** Checked, and uploaded whatever the check found. */
  const checked = new Set<number>();
  const running = new Map<number, AbortController>();
  const listeners = new Set<() => void>();

  const set = (changed: readonly UploadItem[]) => {
    items = changed;
    for (const listener of listeners) listener();
  };
  const change = (id: number, by: Partial<UploadItem>) =>
    set(items.map((item) => (item.id === id ? { ...item, ...by } : item)));

  /** @returns false if a person must confirm the upload */
  const checkOne = async (id: number, key: string, content: Blob, signal: AbortSignal): Promise<boolean> => {
    if (checked.has(id)) return true;
    checked.add(id);
    if (content.size > MAX_CHECKED_BYTES) {
      const most = MAX_CHECKED_BYTES / 1024 ** 2;
      change(id, { advice: `Not checked before the upload, as it is larger than ${most} MB.` });
      return true;
    }
    change(id, { state: 'checking', progress: 0, note: undefined });
    try {
      const check = await target.check(key, content, signal);
      if (!signal.aborted) change(id, { check });
      return !isFaulty(check);
    } catch (error) {
      // A check that is not possible, for example because of a missing permission, does not prevent an upload.
      const why = error instanceof Error ? error.message : String(error);
      if (!signal.aborted) change(id, { advice: `Not checked before the upload: ${why}` });
      return true;
    }
  };

  const sendOne = async ({ id, key }: UploadItem): Promise<void> => {
    const content = contents.get(id);
    if (!content) return;
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const isConfirmed = await checkOne(id, key, content, controller.signal);
      if (controller.signal.aborted) return;
      if (!isConfirmed) {
        change(id, { state: 'unconfirmed' });
        return;
      }
      change(id, { state: 'sending', progress: 0, note: undefined });
      const replace = replacing.has(id);
      const waiting = replace ? null : await target.waiting(key);
      if (controller.signal.aborted) return;
      if (waiting) {
        change(id, { state: 'unconfirmed', waiting });
        return;
      }
      const onProgress = (progress: number) => change(id, { progress });
      await target.send(key, replace, content, onProgress, controller.signal);
      contents.delete(id);
      const { advice } = items.find((item) => item.id === id) ?? {};
      change(id, { state: 'done', progress: 1, note: advice });
    } catch (error) {
      if (controller.signal.aborted) return;
      change(id, { state: 'failed', note: error instanceof Error ? error.message : String(error) });
    } finally {
      running.delete(id);
    }
  };

  const work = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    try {
      for (;;) {
        const next = items.find(({ state }) => state === 'queued');
        if (!next) return;
        await sendOne(next);
      }
    } finally {
      isBusy = false;
    }
  };

  return {
    items: () => items,
    subscribe(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    add(files, folder) {
      const byName = files.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
      const added = byName.map(({ name, content }): UploadItem => {
        const id = nextId++;
        contents.set(id, content);
        const key = uploadKey(folder, name);
        const item = { id, key, size: content.size, progress: 0 };
        const fault = keyFault(key);
        if (fault) return { ...item, state: 'invalid', note: `Not uploaded: ${fault}.` };
        const advice = rejectedForName(key);
        return { ...item, state: advice ? 'unconfirmed' : 'queued', advice, note: advice };
      });
      set([...items, ...added]);
      void work();
    },
    confirm(...ids) {
      const wanted = new Set(ids);
      set(
        items.map((item) => {
          if (!wanted.has(item.id) || !['unconfirmed', 'failed', 'cancelled'].includes(item.state))
            return item;
          if (item.waiting) replacing.add(item.id);
          return { ...item, state: 'queued', note: undefined, waiting: undefined };
        }),
      );
      void work();
    },
    cancel(...ids) {
      for (const id of ids) running.get(id)?.abort();
      const wanted = new Set(ids);
      set(
        items.map((item) =>
          wanted.has(item.id) && !ENDED.includes(item.state)
            ? { ...item, state: 'cancelled', note: 'Cancelled; nothing was uploaded.' }
            : item,
        ),
      );
    },
    clear() {
      for (const { id, state } of items) if (ENDED.includes(state)) contents.delete(id);
      set(items.filter(({ state }) => !ENDED.includes(state)));
    },
  };
}
