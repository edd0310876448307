import {
  expiresAt,
  type Finding,
  type LedgerItem,
  type LedgerKey,
  ledgerKey,
  MAX_RECEIVES,
  OPEN_OUTCOMES,
  type Outcome,
  replaceable,
} from '../../domain/ledger';
import type { BatchFile } from '../../domain/workflow';
import type { Ledger } from '../../storage/ledger/ledger';

/** The ledger in memory, by the rules of the one in DynamoDB. */
export class MemoryLedger implements Ledger {
  private readonly items = new Map<string, LedgerItem>();
  /** Runs ahead of every write; throw to refuse it. */
  before: ((operation: 'begin' | 'release' | 'record') => void) | undefined;

  /** By key, then upload. */
  get all(): LedgerItem[] {
    return [...this.items.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  }

  /** `key: outcome` of every item. */
  get outcomes(): Record<string, Outcome> {
    return Object.fromEntries(this.all.map(({ key, outcome }) => [key, outcome]));
  }

  async read(upload: LedgerKey): Promise<LedgerItem | undefined> {
    return this.items.get(id(upload));
  }

  async readAll(uploads: readonly LedgerKey[]): Promise<LedgerItem[]> {
    return uploads.map((upload) => this.items.get(id(upload))).filter((item) => item !== undefined);
  }

  async latest(key: string, before = '\u{10ffff}'): Promise<LedgerItem | undefined> {
    return this.all.filter((item) => item.key === key && item.upload < before).at(-1);
  }

  async begin(execution: string, files: readonly BatchFile[], at: Date): Promise<void> {
    this.before?.('begin');
    for (const { key, etag, size, uploaded_at, tries } of files) {
      const upload = ledgerKey({ key, etag, uploaded_at });
      const { reason: _, ...old } = this.items.get(id(upload)) ?? {};
      this.write(upload, OPEN_OUTCOMES, {
        ...old,
        ...upload,
        etag,
        size,
        uploaded_at,
        ...(tries !== undefined && { tries }),
        outcome: 'running',
        execution,
        updated_at: at.toISOString(),
        received_at: this.items.get(id(upload))?.received_at ?? at.toISOString(),
        executions: this.executions(upload, execution),
      });
    }
  }

  async release(execution: string, files: readonly BatchFile[], reason: string, at: Date): Promise<void> {
    this.before?.('release');
    for (const file of files) {
      const upload = ledgerKey(file);
      const old = this.items.get(id(upload));
      if (old?.execution !== execution) continue;
      const outcome = (file.tries ?? 0) >= MAX_RECEIVES ? 'dead_letter' : 'waiting';
      this.write(upload, ['running'], { ...old, outcome, reason, updated_at: at.toISOString() });
    }
  }

  async record(findings: readonly Finding[], at: Date): Promise<void> {
    this.before?.('record');
    for (const finding of findings) {
      const upload = ledgerKey(finding);
      const old = this.items.get(id(upload));
      const expires_at = expiresAt(finding.key, at);
      this.write(upload, replaceable(finding.outcome), {
        ...finding,
        ...upload,
        ...(old?.tries !== undefined && { tries: old.tries }),
        updated_at: at.toISOString(),
        received_at: old?.received_at ?? at.toISOString(),
        executions: this.executions(upload, finding.execution),
        ...(expires_at !== undefined && { expires_at }),
      });
    }
  }

  private executions(upload: LedgerKey, execution: string): string[] {
    return [...new Set([...(this.items.get(id(upload))?.executions ?? []), execution])].sort();
  }

  private write(upload: LedgerKey, replaces: readonly Outcome[], item: LedgerItem): void {
    const old = this.items.get(id(upload));
    if (!old || replaces.includes(old.outcome)) this.items.set(id(upload), item);
  }
}

const id = ({ key, upload }: LedgerKey): string => `${key}\0${upload}`;
