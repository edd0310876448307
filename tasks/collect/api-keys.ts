import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { TaskLogger } from '../../runtime/logger';
import { causeOf } from '../../runtime/task-result';

/** The secret with the API keys has another form. */
export class ApiKeysError extends Error {
  override readonly name = 'ApiKeysError';
}

/** Digests of the keys by name. */
export type ApiKeys = ReadonlyMap<string, Buffer>;

const MIN_KEY_CHARACTERS = 16;

const secretSchema = z
  .record(z.string().regex(/^[\w.-]{1,64}$/), z.string().min(MIN_KEY_CHARACTERS))
  .refine((keys) => Object.keys(keys).length > 0);

/**
 * @param text JSON: the keys by name
 * @throws ApiKeysError that does not show the keys
 */
export function parseKeys(text: string): ApiKeys {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = secretSchema.safeParse(value);
  if (!parsed.success) {
    throw new ApiKeysError(
      `the secret of API keys: expected JSON such as {"web": "..."}, a name of letters, digits, ".", "-" and "_" for each key of at least ${MIN_KEY_CHARACTERS} characters; ${faultOf(value)}`,
    );
  }
  return new Map(Object.entries(parsed.data).map(([name, key]) => [name, digest(key)]));
}

function faultOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'got no JSON object';
  const names = Object.keys(value);
  return names.length === 0 ? 'got no key' : `got keys with the names ${names.join(', ')}`;
}

/** The name of a key; undefined: there is no such key. Takes as long for a wrong key as for a right one. */
export function nameOfKey(keys: ApiKeys, key: string): string | undefined {
  const given = digest(key);
  let found: string | undefined;
  for (const [name, one] of keys) if (timingSafeEqual(one, given)) found ??= name;
  return found;
}

const digest = (key: string): Buffer => createHash('sha256').update(key).digest();

/** A key that was removed is refused after this time at the latest. */
const REFRESH_MS = 5 * 60_000;
/** A key that was added is known after this time at the latest: an unknown one makes the secret be read again. */
const UNKNOWN_REFRESH_MS = 60_000;

/** The keys, read when first needed and again when they are old. While the secret cannot be read, the last keys stay valid. */
export class KeyRing {
  private keys: ApiKeys | undefined;
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;

  /** @param read the text of the secret */
  constructor(
    private readonly read: () => Promise<string>,
    private readonly clock: () => Date,
    private readonly logger: Pick<TaskLogger, 'error'>,
  ) {}

  /**
   * The name of a key; undefined: there is no such key.
   * @throws if the secret could not be read even once
   */
  async nameOf(key: string): Promise<string | undefined> {
    if (this.age() >= REFRESH_MS) await this.refresh();
    const name = this.find(key);
    if (name !== undefined || this.age() < UNKNOWN_REFRESH_MS) return name;
    await this.refresh();
    return this.find(key);
  }

  private find(key: string): string | undefined {
    return this.keys && nameOfKey(this.keys, key);
  }

  private age(): number {
    return this.clock().getTime() - this.readAt;
  }

  private async refresh(): Promise<void> {
    this.reading ??= this.load().finally(() => {
      this.reading = undefined;
    });
    await this.reading;
  }

  private async load(): Promise<void> {
    try {
      this.keys = parseKeys(await this.read());
      this.readAt = this.clock().getTime();
    } catch (error) {
      this.logger.error('API keys not read', { cause: causeOf(error) });
      if (!this.keys) throw error;
      // The next try is as late as after a success.
      this.readAt = this.clock().getTime();
    }
  }
}
