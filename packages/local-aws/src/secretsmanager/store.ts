import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Journal } from '../journal/journal';
import type { Place } from '../place';
import { secretNotFound } from './errors';

/** A secret with its current version. Times in milliseconds since 1970. */
export interface Secret {
  /** With six random characters after the name, as on AWS. */
  readonly arn: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly value: string;
  readonly versionId: string;
  readonly createdAt: number;
  readonly changedAt: number;
}

export interface StoreOptions extends Place {
  readonly directory: string;
  readonly clock: () => Date;
}

/** All secrets. Changes are written to the journal before they are applied. Only the owner of the files can read them. */
export class SecretStore {
  private readonly secrets = new Map<string, Secret>();
  private readonly journal: Journal<Secret>;

  constructor(private readonly options: StoreOptions) {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    this.journal = new Journal<Secret>({
      path: join(options.directory, 'journal.jsonl'),
      replay: (secret) => this.secrets.set(secret.name, secret),
      snapshot: () => this.secrets.values(),
    });
  }

  /** @param id a name, an ARN, or an ARN without its random characters */
  find(id: string): Secret | undefined {
    return (
      this.secrets.get(id) ??
      [...this.secrets.values()].find(({ arn }) => arn === id || arn.slice(0, -RANDOM_SUFFIX.length) === id)
    );
  }

  /** @throws AwsError ResourceNotFoundException */
  secret(id: string): Secret {
    const found = this.find(id);
    if (!found) throw secretNotFound();
    return found;
  }

  /** The ARN that a request for `id` needs permission for, also of a secret that does not exist. */
  arnOf(id: string): string {
    return this.find(id)?.arn ?? (id.startsWith('arn:') ? id : this.arn(id));
  }

  /** Creates the secret, or gives it another value. */
  put(name: string, value: string, description?: string): Secret {
    const known = this.secrets.get(name);
    if (known?.value === value && known.description === description) return known;
    const now = this.options.clock().getTime();
    const secret: Secret = {
      arn:
        known?.arn ??
        `${this.arn(name)}-${randomBytes(6).toString('base64url').replace(/[-_]/g, 'x').slice(0, 6)}`,
      name,
      description,
      value,
      versionId: known?.value === value ? known.versionId : randomUUID(),
      createdAt: known?.createdAt ?? now,
      changedAt: now,
    };
    this.journal.commit(secret);
    return secret;
  }

  close(): void {
    this.journal.close();
  }

  private arn(name: string): string {
    return `arn:aws:secretsmanager:${this.options.region}:${this.options.account}:secret:${name}`;
  }
}

const RANDOM_SUFFIX = '-123456';
