import type { LedgerItem, Outcome } from '../../domain/ledger';
import { OPEN_OUTCOMES, OUTCOMES } from '../../domain/ledger';
import { dynamoDbLedger } from '../../storage/ledger/dynamodb-ledger';
import type { Deployment } from '../deployment';
import { originOf } from '../events/event-files';
import { type FileView, itemsOf } from './ledger';

/** Of each outcome, the first time; files of events can be most of them. */
const MAX_SEARCHED = 10_000;
/** An item can be visible a moment after a later one. */
const OVERLAP_MS = 60_000;

const FINAL_OUTCOMES = OUTCOMES.filter((outcome) => !(OPEN_OUTCOMES as readonly Outcome[]).includes(outcome));

/**
 * The uploads whose outcome is newest, without the files that entry points for events write, for a client that polls: after the first
 * call it reads only what the ledger has had since, and what it has of the files found before.
 */
export class LatestFiles {
  private found: readonly LedgerItem[] = [];
  private readUntil: string | undefined;
  private hasEvents = false;

  constructor(
    private readonly deployment: Deployment,
    private readonly limit: number,
  ) {}

  /** @param unseen files in `input/` that are not in the ledger yet */
  async read(unseen: () => Promise<readonly FileView[]>): Promise<{
    /** Newest first. */
    readonly files: readonly FileView[];
    /** True if there are, or were, files of entry points for events. */
    readonly has_events: boolean;
  }> {
    const since =
      this.readUntil === undefined
        ? undefined
        : new Date(Date.parse(this.readUntil) - OVERLAP_MS).toISOString();
    const [waiting, known, open, ended] = await Promise.all([
      unseen(),
      dynamoDbLedger(this.deployment.dynamoDb, this.deployment.names.ledgerTable).readAll(this.found),
      this.newest(OPEN_OUTCOMES, undefined),
      this.newest(FINAL_OUTCOMES, since),
    ]);
    this.found = newestOf([...known, ...ended], this.limit);
    const listed = waiting.filter((file) => this.isOther(file));
    return { files: newestOf([...listed, ...open, ...this.found], this.limit), has_events: this.hasEvents };
  }

  private async newest(outcomes: readonly Outcome[], since: string | undefined): Promise<LedgerItem[]> {
    const found = outcomes.map(async (outcome) => {
      const others: LedgerItem[] = [];
      let searched = 0;
      for await (const item of itemsOf(this.deployment, outcome, since)) {
        if (this.readUntil === undefined || item.updated_at > this.readUntil)
          this.readUntil = item.updated_at;
        if (this.isOther(item)) others.push(item);
        searched += 1;
        if (others.length >= this.limit || searched >= MAX_SEARCHED) break;
      }
      return others;
    });
    return (await Promise.all(found)).flat();
  }

  private isOther({ key }: FileView): boolean {
    const isOfEvents = originOf(key) !== undefined;
    this.hasEvents ||= isOfEvents;
    return !isOfEvents;
  }
}

/** Each upload once. */
function newestOf<File extends FileView>(files: readonly File[], limit: number): File[] {
  const byUpload = new Map<string, File>();
  for (const file of files) {
    const upload = `${file.key} ${file.upload ?? ''}`;
    const before = byUpload.get(upload);
    if (!before || timeOf(file) > timeOf(before)) byUpload.set(upload, file);
  }
  return [...byUpload.values()].sort((a, b) => (timeOf(a) > timeOf(b) ? -1 : 1)).slice(0, limit);
}

const timeOf = ({ updated_at, uploaded_at }: FileView): string => updated_at ?? uploaded_at;
