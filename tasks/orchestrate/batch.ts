import { createHash } from 'node:crypto';
import { compactTime } from '../../domain/time';
import type { BatchFile, BatchMessage } from '../../domain/workflow';
import type { ReceivedMessage } from '../../storage/queue';
import { compareUploads, type FileEvent } from './file-events';

export interface BatchLimits {
  readonly files: number;
  /** Of all files together, as the events tell. */
  readonly bytes: number;
}

/**
 * An execution costs so much by itself that small files should share it: of 2,000 files each bears a two-thousandth, and
 * more would win nothing. They are 200 receives of the queue and 2,000 writes of the ledger, seconds of the minutes that
 * orchestrate and settle have, and what is done anew when one of them makes the batch fail.
 */
export const BATCH_LIMITS: BatchLimits = { files: 2000, bytes: 20 * 1024 ** 3 };

/** The files and messages of the execution to come, gathered message by message. */
export class Batch {
  private readonly newest = new Map<string, FileEvent>();
  private readonly taken: ReceivedMessage[] = [];
  /** By key and version, every upload; and of the messages that name it, the fewest receives. */
  private readonly told = new Map<string, FileEvent>();
  private readonly tries = new Map<string, number>();

  constructor(private readonly limits: BatchLimits = BATCH_LIMITS) {}

  get uploads(): FileEvent[] {
    return [...this.newest.values()];
  }

  get files(): BatchFile[] {
    return this.uploads.map((upload) => this.fileOf(upload));
  }

  /** Uploads in whose place newer ones lie that messages of the batch tell of, too. */
  get replaced(): BatchFile[] {
    const isNewest = (upload: FileEvent) =>
      versionOf(this.newest.get(upload.key) ?? upload) === versionOf(upload);
    return [...this.told.values()].filter((upload) => !isNewest(upload)).map((upload) => this.fileOf(upload));
  }

  get messages(): BatchMessage[] {
    return this.taken.map(({ messageId, receiptHandle }) => ({
      message_id: messageId,
      receipt_handle: receiptHandle,
    }));
  }

  /** How many more files it takes; what the bytes leave room for, as if they went on like this. */
  get room(): number {
    const files = this.newest.size;
    const bytes = this.uploads.reduce((sum, { size }) => sum + size, 0);
    const byBytes =
      bytes === 0 ? this.limits.files : Math.ceil((files * (this.limits.bytes - bytes)) / bytes);
    return Math.max(0, Math.min(this.limits.files - files, byBytes));
  }

  add(message: ReceivedMessage, files: readonly FileEvent[]): void {
    this.taken.push(message);
    for (const file of files) {
      const tries = Math.min(
        message.receiveCount,
        this.tries.get(versionOf(file)) ?? Number.POSITIVE_INFINITY,
      );
      this.tries.set(versionOf(file), tries);
      this.told.set(versionOf(file), file);
      const known = this.newest.get(file.key);
      if (!known || compareUploads(file, known) > 0) this.newest.set(file.key, file);
    }
  }

  /**
   * The execution's name, derived from the messages: the same messages at the same try give the same name, which Step
   * Functions takes once. It begins with the time the oldest was sent, so that names sort.
   */
  executionId(): string {
    const oldest = Math.min(...this.taken.map(({ sentAt }) => sentAt));
    const identities = this.taken.map(({ messageId, receiveCount }) => `${messageId}:${receiveCount}`).sort();
    const hash = createHash('sha256').update(identities.join('\n')).digest('hex').slice(0, 12);
    return `${compactTime(new Date(oldest))}-${hash}`;
  }

  private fileOf(upload: FileEvent): BatchFile {
    const { sequencer: _, eventName: __, ...file } = upload;
    return { ...file, tries: this.tries.get(versionOf(file)) ?? 1 };
  }
}

const versionOf = ({ key, uploaded_at, etag }: BatchFile): string => `${uploaded_at}/${etag} ${key}`;
