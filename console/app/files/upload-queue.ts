import { keyFault, nameAdvice, uploadKey } from '../../../domain/upload-keys';

/**
 * - `queued`: its turn comes.
 * - `asks`: a file waits under its key, or its name lets it be rejected; `confirm` sends it nonetheless.
 * - `refused`: no file can have its key.
 */
export type UploadState = 'queued' | 'sending' | 'asks' | 'refused' | 'done' | 'failed' | 'cancelled';

export interface UploadItem {
  readonly id: number;
  readonly key: string;
  readonly size: number;
  readonly state: UploadState;
  /** Of its bytes, 0 to 1. */
  readonly progress: number;
  /** What its name makes likely. */
  readonly advice?: string | undefined;
  /** What is wrong, or its advice. */
  readonly note?: string | undefined;
  /** Of one that asks: the file that waits under its key; none where its name is the question. */
  readonly waiting?: Waiting | undefined;
}

export interface Waiting {
  readonly size: number;
  readonly uploaded_at: string;
}

/** A file to upload; `name` has the folders it was in, with slashes. */
export interface ChosenFile {
  readonly name: string;
  readonly content: Blob;
}

/** The server, as far as uploads need it. */
export interface UploadTarget {
  /** What waits under a key. */
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
  /** The items, in the order they were added; the same array until something changes. */
  items(): readonly UploadItem[];
  subscribe(onChange: () => void): () => void;
  /** @param kinds that a name can begin with */
  add(files: readonly ChosenFile[], folder: string, kinds: readonly string[]): void;
  /** Sends what asks, or tries again what failed or was cancelled. */
  confirm(...ids: readonly number[]): void;
  cancel(...ids: readonly number[]): void;
  /** Takes out all that has come to an end. */
  clear(): void;
}

const ENDED: readonly UploadState[] = ['done', 'refused', 'failed', 'cancelled'];

/** Uploads one file after the other, by name, so that of rows in several of them those of the last one are the newest. */
export function createUploadQueue(target: UploadTarget): UploadQueue {
  let items: readonly UploadItem[] = [];
  let nextId = 1;
  let isBusy = false;
  const contents = new Map<number, Blob>();
  const replacing = new Set<number>();
  const running = new Map<number, AbortController>();
  const listeners = new Set<() => void>();

  const set = (changed: readonly UploadItem[]) => {
    items = changed;
    for (const listener of listeners) listener();
  };
  const change = (id: number, by: Partial<UploadItem>) =>
    set(items.map((item) => (item.id === id ? { ...item, ...by } : item)));

  const sendOne = async ({ id, key, advice }: UploadItem): Promise<void> => {
    const content = contents.get(id);
    if (!content) return;
    const controller = new AbortController();
    running.set(id, controller);
    change(id, { state: 'sending', progress: 0, note: undefined });
    try {
      const replace = replacing.has(id);
      const waiting = replace ? null : await target.waiting(key);
      if (controller.signal.aborted) return;
      if (waiting) {
        change(id, { state: 'asks', waiting });
        return;
      }
      const onProgress = (progress: number) => change(id, { progress });
      await target.send(key, replace, content, onProgress, controller.signal);
      contents.delete(id);
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
    add(files, folder, kinds) {
      const byName = files.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
      const added = byName.map(({ name, content }): UploadItem => {
        const id = nextId++;
        contents.set(id, content);
        const key = uploadKey(folder, name);
        const item = { id, key, size: content.size, progress: 0 };
        const fault = keyFault(key);
        if (fault) return { ...item, state: 'refused', note: `Not uploaded: ${fault}.` };
        const { likely, text: advice } = nameAdvice(key, kinds) ?? {};
        return { ...item, state: likely === 'rejected' ? 'asks' : 'queued', advice, note: advice };
      });
      set([...items, ...added]);
      void work();
    },
    confirm(...ids) {
      const wanted = new Set(ids);
      set(
        items.map((item) => {
          if (!wanted.has(item.id) || !['asks', 'failed', 'cancelled'].includes(item.state)) return item;
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
            ? { ...item, state: 'cancelled', note: 'Cancelled: nothing was uploaded.' }
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
