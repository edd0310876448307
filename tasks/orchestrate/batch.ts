import { createHash } from 'node:crypto';
import { compactTime } from '../../domain/time';
import type { BatchFile, BatchMessage } from '../../domain/workflow';
import type { ReceivedMessage } from '../../storage/queue';
import { compareUploads, type FileEvent } from './file-events';

export interface BatchLimits {
  readonly files: number;
  /** Total size of the files, according to their events. */
  readonly bytes: number;
}

/**
 * An execution has a fixed cost, so small files should share it; beyond 2,000 files each one's share no longer matters. 2,000
 * files take 200 receives of the queue and 2,000 ledger writes, which are seconds of the minutes that orchestrate and settle
 * have. All of them are processed again if one makes the batch fail.
 */
export const BATCH_LIMITS: BatchLimits = { files: 2000, bytes: 20 * 1024 ** 3 };

/** The files and messages of the next execution, collected message by message. */
export class Batch {
  private readonly newest = new Map<string, FileEvent>();
  private readonly received: ReceivedMessage[] = [];
  /** Every upload by key and version. */
  private readonly announced = new Map<string, FileEvent>();
  /** The fewest receives of the messages that name an upload. */
  private readonly tries = new Map<string, number>();

  constructor(private readonly limits: BatchLimits = BATCH_LIMITS) {}

  get uploads(): FileEvent[] {
    return [...this.newest.values()];
  }

  get files(): BatchFile[] {
    return this.uploads.map((upload) => this.fileOf(upload));
  }

  /** Uploads that a newer upload of the batch replaced. */
  get replaced(): BatchFile[] {
    const isNewest = (upload: FileEvent) =>
      versionOf(this.newest.get(upload.key) ?? upload) === versionOf(upload);
    return [...this.announced.values()]
      .filter((upload) => !isNewest(upload))
      .map((upload) => this.fileOf(upload));
  }

  /** The messages as they were received. */
  get receivedMessages(): readonly ReceivedMessage[] {
    return this.received;
  }

  get messages(): BatchMessage[] {
    return this.received.map(({ messageId, receiptHandle }) => ({
      message_id: messageId,
      receipt_handle: receiptHandle,
    }));
  }

  /** How many more files fit, by their number and by the mean size of the files so far. */
  get room(): number {
    const files = this.newest.size;
    const bytes = this.uploads.reduce((sum, { size }) => sum + size, 0);
    const byBytes =
      bytes === 0 ? this.limits.files : Math.ceil((files * (this.limits.bytes - bytes)) / bytes);
    return Math.max(0, Math.min(this.limits.files - files, byBytes));
  }

  add(message: ReceivedMessage, files: readonly FileEvent[]): void {
    this.received.push(message);
    for (const file of files) {
      const tries = Math.min(
        message.receiveCount,
        this.tries.get(versionOf(file)) ?? Number.POSITIVE_INFINITY,
      );
      this.tries.set(versionOf(file), tries);
      this.announced.set(versionOf(file), file);
      const known = this.newest.get(file.key);
      if (!known || compareUploads(file, known) > 0) this.newest.set(file.key, file);
    }
  }

  /**
   * The execution's name, derived from the messages: the same messages at the same try give the same name, which Step
   * Functions accepts once. It begins with the sending time of the oldest message, so that names sort.
   */
  executionId(): string {
    const oldest = Math.min(...this.received.map(({ sentAt }) => sentAt));
    const identities = this.received
      .map(({ messageId, receiveCount }) => `${messageId}:${receiveCount}`)
      .sort();
    const hash = createHash('sha256').update(identities.join('\n')).digest('hex').slice(0, 12);
    return `${compactTime(new Date(oldest))}-${hash}`;
  }

  private fileOf(upload: FileEvent): BatchFile {
    const { sequencer: _, eventName: __, ...file } = upload;
    return { ...file, tries: this.tries.get(versionOf(file)) ?? 1 };
  }
}

const versionOf = ({ key, uploaded_at, etag }: BatchFile): string => `${uploaded_at}/${etag} ${key}`;
