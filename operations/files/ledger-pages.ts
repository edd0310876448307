import { type AttributeValue, QueryCommand } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { OUTCOMES, type Outcome } from '../../domain/ledger';
import { ledgerItem } from '../../storage/ledger/dynamodb-ledger';
import type { Deployment } from '../deployment';
import { byOutcome, type FileView } from './ledger';

/** Maximum uploads scanned for one page, if few of them match. */
const MAX_SEARCHED = 10_000;

export interface PageRequest {
  /** undefined: all outcomes. */
  readonly outcome?: Outcome | undefined;
  /** Only keys that contain this text, case-insensitive; empty for all. */
  readonly text: string;
  /** Only files of these kinds and sources; undefined for all. */
  readonly kinds?: readonly string[] | undefined;
  /** Maximum number of uploads. */
  readonly limit: number;
  /** The cursor of an earlier page. */
  readonly after?: Cursor | undefined;
}

export interface LedgerPage {
  readonly files: readonly FileView[];
  /** The cursor of the next page; undefined after the last. A short or even empty page is not necessarily the last. */
  readonly next: Cursor | undefined;
  /** Uploads scanned. */
  readonly searched: number;
}

const itemPlaceSchema = z.object({
  key: z.string().max(2048),
  upload: z.string().max(200),
  updated_at: z.string().max(40),
});
type ItemPlace = z.infer<typeof itemPlaceSchema>;
const unseenPlaceSchema = z.object({ at: z.string().max(40), key: z.string().max(2048) });

/** The last upload scanned of each outcome, and the last of those that are not in the ledger yet. */
export const cursorSchema = z.object({
  outcomes: z.partialRecord(z.enum(OUTCOMES), itemPlaceSchema),
  unseen: unseenPlaceSchema.optional(),
});
export type Cursor = z.infer<typeof cursorSchema>;

/**
 * Uploads by the time of their outcome, newest first. An upload whose outcome changes between two pages may appear twice or be
 * missed.
 * @param unseen files in `input/` that are not in the ledger yet; called only if the request includes them
 */
export async function readLedgerPage(
  deployment: Deployment,
  { outcome, text, kinds, limit, after }: PageRequest,
  unseen: () => Promise<readonly FileView[]>,
): Promise<LedgerPage> {
  const outcomes: readonly Outcome[] = outcome ? [outcome] : OUTCOMES;
  const wanted = text.toLowerCase();
  const isSearch = wanted !== '' || kinds !== undefined;
  const pageSize = isSearch ? 1000 : limit;
  const isWanted = ({ key, kind }: FileView) =>
    key.toLowerCase().includes(wanted) &&
    (kinds === undefined || (kind !== undefined && kinds.includes(kind)));
  const places = new Map(Object.entries(after?.outcomes ?? {})) as Map<Outcome, ItemPlace>;
  let unseenPlace = after?.unseen;
  const sources: Source[] = outcomes.map((one) =>
    source(ofOutcome(deployment, one, pageSize, places.get(one)), ({ key, upload = '', updated_at = '' }) => {
      places.set(one, { key, upload, updated_at });
    }),
  );
  if (outcomes.includes('waiting')) {
    sources.push(
      source(behind(await unseen(), unseenPlace), ({ key, uploaded_at }) => {
        unseenPlace = { at: uploaded_at, key };
      }),
    );
  }
  await Promise.all(sources.map((one) => one.advance()));

  const files: FileView[] = [];
  let searched = 0;
  for (;;) {
    const newest = sources.reduce((best, one) => (timeOf(one.head) > timeOf(best.head) ? one : best));
    if (!newest.head) return { files, next: undefined, searched };
    if (files.length >= limit || searched >= MAX_SEARCHED) {
      const next = { outcomes: Object.fromEntries(places), ...(unseenPlace && { unseen: unseenPlace }) };
      return { files, next, searched };
    }
    searched += 1;
    if (isWanted(newest.head)) files.push(newest.head);
    newest.taken(newest.head);
    await newest.advance();
  }
}

/** A stream of uploads; `head` is the next one. */
interface Source {
  head: FileView | undefined;
  taken(file: FileView): void;
  advance(): Promise<void>;
}

function source(files: AsyncIterator<FileView>, taken: (file: FileView) => void): Source {
  return {
    head: undefined,
    taken,
    async advance() {
      const { value, done } = await files.next();
      this.head = done ? undefined : value;
    },
  };
}

const timeOf = (file: FileView | undefined): string => file?.updated_at ?? file?.uploaded_at ?? '';

async function* behind(
  unseen: readonly FileView[],
  place: Cursor['unseen'],
): AsyncGenerator<FileView, undefined> {
  for (const file of unseen) {
    const isBehind =
      !place || file.uploaded_at < place.at || (file.uploaded_at === place.at && file.key > place.key);
    if (isBehind) yield file;
  }
}

async function* ofOutcome(
  deployment: Deployment,
  outcome: Outcome,
  pageSize: number,
  after: ItemPlace | undefined,
): AsyncGenerator<FileView, undefined> {
  let start: Record<string, AttributeValue> | undefined = after && {
    outcome: { S: outcome },
    updated_at: { S: after.updated_at },
    key: { S: after.key },
    upload: { S: after.upload },
  };
  do {
    const { Items = [], LastEvaluatedKey } = await deployment.dynamoDb.send(
      new QueryCommand({
        ...byOutcome(deployment, outcome),
        Limit: pageSize,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    yield* Items.map(ledgerItem);
    start = LastEvaluatedKey;
  } while (start);
  return undefined;
}
