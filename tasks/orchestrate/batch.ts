import { createHash } from 'node:crypto';
import { copySource, rejectedKey } from '../../domain/object-keys';
import type { BatchFile, BatchMessage, Move } from '../../domain/workflow';
import type { ReceivedMessage } from '../queue';
import { compareUploads, type FileEvent } from './file-events';

export interface BatchLimits {
  readonly files: number;
  /** Of all files together, as the events tell. */
  readonly bytes: number;
  /** Of the routing object that the state machine carries, in bytes of JSON. */
  readonly stateBytes: number;
}

export const BATCH_LIMITS: BatchLimits = {
  files: 500,
  bytes: 20 * 1024 ** 3,
  stateBytes: 120 * 1024,
};

/** As long as the longest execution name, to reckon with before the name is known. */
const PLACEHOLDER_ID = '00000000T000000Z-000000000000';

/** The files and messages of the execution to come, gathered message by message. */
export class Batch {
  private readonly newest = new Map<string, FileEvent>();
  private readonly taken: ReceivedMessage[] = [];
  /** By key and version, every upload; and of the messages that name it, the fewest receives. */
  private readonly told = new Map<string, FileEvent>();
  private readonly tries = new Map<string, number>();
  private stateBytes = 0;

  constructor(
    private readonly bucket: string,
    private readonly limits: BatchLimits = BATCH_LIMITS,
  ) {}

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

  get isFull(): boolean {
    const bytes = this.files.reduce((sum, { size }) => sum + size, 0);
    return this.newest.size >= this.limits.files || bytes >= this.limits.bytes;
  }

  /** false: the message would make the state too large, and waits for the next batch. */
  add(message: ReceivedMessage, files: readonly FileEvent[]): boolean {
    const fresh = files.filter(({ key }) => !this.newest.has(key));
    const more = fresh.reduce((sum, file) => sum + this.moveBytes(file), 0);
    // A message that is too large by itself is taken alone, or it would wait for ever.
    if (this.taken.length > 0 && this.stateBytes + more > this.limits.stateBytes) return false;
    this.stateBytes += more;
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
    return true;
  }

  /**
   * The execution's name, derived from the messages: the same messages at the same try give the same name, which Step
   * Functions takes once. It begins with the time the oldest was sent, so that names sort.
   */
  executionId(): string {
    const oldest = Math.min(...this.taken.map(({ sentAt }) => sentAt));
    const stamp = `${new Date(oldest).toISOString().replace(/[-:]|\.\d+/g, '')}`;
    const identities = this.taken.map(({ messageId, receiveCount }) => `${messageId}:${receiveCount}`).sort();
    const hash = createHash('sha256').update(identities.join('\n')).digest('hex').slice(0, 12);
    return `${stamp}-${hash}`;
  }

  private fileOf(upload: FileEvent): BatchFile {
    const { sequencer: _, eventName: __, ...file } = upload;
    return { ...file, tries: this.tries.get(versionOf(file)) ?? 1 };
  }

  private moveBytes(file: FileEvent): number {
    const move: Move = {
      key: file.key,
      etag: `"${file.etag}"`,
      source: copySource(this.bucket, file.key),
      destination: rejectedKey(PLACEHOLDER_ID, file.key),
    };
    return Buffer.byteLength(JSON.stringify(move)) + 1;
  }
}

const versionOf = ({ key, uploaded_at, etag }: BatchFile): string => `${uploaded_at}/${etag} ${key}`;
