import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { OPEN_OUTCOMES, OUTCOMES, type Outcome } from '../../domain/ledger';
import type { Deployment } from '../deployment';
import { byOutcome, type FileView, readUnseen } from './ledger';

/** Pages of the ledger's index, 1 MB each, that are counted; beyond that, the count is a lower bound. */
const MAX_PAGES = 20;

/** How long a count of final outcomes is cached while no newer item arrives: an older item can still change its outcome. */
const CACHED_MS = 60_000;

/** Files that are not in the ledger yet are listed again after this time, or three times the duration of the listing. */
const UNSEEN_CACHED_MS = 700;

export interface OutcomeCount {
  readonly count: number;
  /** True if counting stopped at a limit, and there are more. */
  readonly isMore: boolean;
}

/** Cached queries of the ledger, for clients that poll. */
export interface LedgerWatch {
  /** Objects in `input/` without an open item in the ledger, newest first. */
  unseen(): Promise<readonly FileView[]>;
  /** Uploads by outcome; unseen files count as waiting. */
  counts(): Promise<Record<Outcome, OutcomeCount>>;
  /** To be called after an upload: the next call of `unseen` lists `input/` again. */
  forget(): void;
}

/** Caches the results that are expensive to read and seldom change. */
export function watchLedger(deployment: Deployment): LedgerWatch {
  const known = new Map<Outcome, { newest: string; at: number; count: OutcomeCount }>();
  let listed: { until: number; files: Promise<readonly FileView[]> } | undefined;

  const unseen = () => {
    if (!listed || Date.now() > listed.until) {
      const started = Date.now();
      const files = readUnseen(deployment).then((found) => found.sort(newestFirst));
      const listing = { until: Number.POSITIVE_INFINITY, files };
      listed = listing;
      files.then(
        () => {
          listing.until = Date.now() + Math.max(UNSEEN_CACHED_MS, 3 * (Date.now() - started));
        },
        () => {
          if (listed === listing) listed = undefined;
        },
      );
    }
    return listed.files;
  };

  const count = async (outcome: Outcome): Promise<OutcomeCount> => {
    if ((OPEN_OUTCOMES as readonly Outcome[]).includes(outcome)) return countAll(deployment, outcome);
    const newest = await newestTime(deployment, outcome);
    const before = known.get(outcome);
    if (before?.newest === newest && Date.now() - before.at < CACHED_MS) return before.count;
    const counted = await countAll(deployment, outcome);
    known.set(outcome, { newest, at: Date.now(), count: counted });
    return counted;
  };

  return {
    unseen,
    forget() {
      listed = undefined;
    },
    async counts() {
      const [files, ...counted] = await Promise.all([unseen(), ...OUTCOMES.map(count)]);
      const counts = Object.fromEntries(OUTCOMES.map((outcome, at) => [outcome, counted[at]])) as Record<
        Outcome,
        OutcomeCount
      >;
      const { waiting } = counts;
      return { ...counts, waiting: { ...waiting, count: waiting.count + files.length } };
    },
  };
}

const newestFirst = (a: FileView, b: FileView): number =>
  a.uploaded_at === b.uploaded_at ? (a.key < b.key ? -1 : 1) : a.uploaded_at > b.uploaded_at ? -1 : 1;

async function newestTime(deployment: Deployment, outcome: Outcome): Promise<string> {
  const { Items = [] } = await deployment.dynamoDb.send(
    new QueryCommand({ ...byOutcome(deployment, outcome), Limit: 1 }),
  );
  return Items[0]?.updated_at?.S ?? '';
}

async function countAll(deployment: Deployment, outcome: Outcome): Promise<OutcomeCount> {
  let count = 0;
  let ExclusiveStartKey: Record<string, never> | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { Count = 0, LastEvaluatedKey } = await deployment.dynamoDb.send(
      new QueryCommand({ ...byOutcome(deployment, outcome), Select: 'COUNT', ExclusiveStartKey }),
    );
    count += Count;
    if (!LastEvaluatedKey) return { count, isMore: false };
    ExclusiveStartKey = LastEvaluatedKey as Record<string, never>;
  }
  return { count, isMore: true };
}
