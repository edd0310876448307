/** The parts of dynalite 4 below its HTTP server: the store, the validations and the actions. */

declare module 'dynalite/db' {
  import type { Readable } from 'node:stream';

  export interface Table {
    TableName: string;
    TableStatus: string;
    KeySchema: { AttributeName: string; KeyType: string }[];
    GlobalSecondaryIndexes?: { IndexName: string; IndexStatus: string; KeySchema: Table['KeySchema'] }[];
    LocalSecondaryIndexes?: { IndexName: string; KeySchema: Table['KeySchema'] }[];
  }

  /** Attribute values by name, as in requests. */
  export type Item = Readonly<Record<string, object>>;

  interface DynaliteError extends Error {
    statusCode: number;
    body: { message: string };
  }

  export function validateItem(item: Item, table: Table): DynaliteError | undefined;
  export function validateKey(key: Item, table: Table): DynaliteError | undefined;
  export function validationError(message: string): DynaliteError;
  /** Of an item within its table. */
  export function createKey(item: Item, table: Table): string;
  /** The entries of indexes to write and to delete when an item replaces an existing one. */
  export function getIndexActions(
    indexes: readonly object[],
    existing: Item | undefined,
    item: Item | undefined,
    table: Table,
  ): { puts: { index: string; key: string; item: Item }[]; deletes: { index: string; key: string }[] };

  /** https://github.com/Level/abstract-level#iterator */
  export interface LevelIterator {
    all(): Promise<unknown[]>;
    /** At most `size` values; empty at the end. */
    nextv(size: number): Promise<unknown[]>;
    /** Idempotent. */
    close(): Promise<void>;
  }

  export interface Store {
    readonly db: {
      open(): Promise<void>;
      clear(range: { gte: string; lt: string }): Promise<void>;
      values(range: object): LevelIterator;
      keys(range: object): LevelIterator;
      /** Undefined for keys that do not exist. */
      getMany(keys: readonly string[]): Promise<unknown[]>;
      /** All writes or none. */
      batch(writes: readonly object[]): Promise<void>;
      /** Used by dynalite's queries. */
      createValueStream(range: object): Readable;
      createKeyStream(range: object): Readable;
    };
    getTable(name: string, callback: (error: Error | null, table: Table) => void): void;
    getItemDb(table: string): {
      get(key: string, callback: (error: Error | null, item?: Item) => void): void;
      /** Runs `work` once it has the locks of all keys; what it passes to `release` gives them back when it is called. */
      lock(
        keys: readonly string[],
        work: (release: (done: (error: unknown) => void) => (error: unknown) => void) => void,
      ): void;
    };
    /** Account and region are used in ARNs. */
    readonly tableDb: {
      awsAccountId: string;
      awsRegion: string;
      get(name: string, callback: (error: Error | null, table: Table) => void): void;
      put(name: string, table: Table, callback: (error: Error | null) => void): void;
      del(name: string, callback: (error: Error | null) => void): void;
    };
    readonly lifecycleManager: { gracefulClose(callback: (error: Error | null) => void): void };
  }

  export function create(options: {
    path?: string;
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }): Store;
}

declare module 'dynalite/validations' {
  import type { Store } from 'dynalite/db';

  export function checkTypes(data: unknown, types: unknown): object;
  export function checkValidations(data: object, types: unknown, custom: unknown, store: Store): void;
}

declare module 'dynalite/validations/*' {
  import type { Store } from 'dynalite/db';

  export const types: unknown;
  /** Returns what is wrong. */
  export const custom: ((data: object, store: Store) => string | undefined) | undefined;
}

declare module 'dynalite/actions/*' {
  import type { Store } from 'dynalite/db';

  /** Errors for the caller have a status and a body. */
  interface ActionError extends Error {
    statusCode?: number;
    body?: object;
  }
  function action(
    store: Store,
    data: object,
    callback: (error: ActionError | null, data?: object) => void,
  ): void;
  export default action;
}
