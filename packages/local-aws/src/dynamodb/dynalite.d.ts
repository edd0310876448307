/** The parts of dynalite 4 below its HTTP server: the store, the validations and the actions. */

declare module 'dynalite/db' {
  import type { Readable } from 'node:stream';

  export interface Table {
    TableName: string;
    TableStatus: string;
    KeySchema: { AttributeName: string; KeyType: string }[];
    GlobalSecondaryIndexes?: { IndexName: string; IndexStatus: string; KeySchema: Table['KeySchema'] }[];
  }

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
      /** Used by dynalite's queries. */
      createValueStream(range: object): Readable;
      createKeyStream(range: object): Readable;
    };
    /** Account and region are used in ARNs. */
    readonly tableDb: {
      awsAccountId: string;
      awsRegion: string;
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
  export const types: unknown;
  export const custom: unknown;
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
