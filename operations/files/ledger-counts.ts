import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { OPEN_OUTCOMES, OUTCOMES, type Outcome } from '../../domain/ledger';
import type { Deployment } from '../deployment';
import { byOutcome, type FileView, readUnseen } from './ledger';

/** Pages of the ledger's index, of 1 MB each, that are counted through; beyond, a count is a lower bound. */
const MOST_PAGES = 20;

/** How long a count of final outcomes is believed while no newer one came: now and then an upload is found after all. */
const BELIEVED_MS = 60_000;

/** What waits unseen is looked up anew after this, or three times as long as looking took. */
const UNSEEN_FOR_MS = 700;

export interface OutcomeCount {
  readonly count: number;
  /** There are more than that: counting ended. */
  readonly isMore: boolean;
}

/** What is asked of the ledger again and again while someone looks. */
export interface LedgerWatch {
  /** Objects in `input/` that no open item of the ledger is about, newest first. */
  unseen(): Promise<readonly FileView[]>;
  /** Uploads by outcome; those that are unseen are among the waiting. */
  counts(): Promise<Record<Outcome, OutcomeCount>>;
  /** Something was put into `input/` a moment ago: the next look is at what is there now. */
  forget(): void;
}

/** Remembers what costs much to ask and seldom changes. */
export function watchLedger(deployment: Deployment): LedgerWatch {
  const known = new Map<Outcome, { newest: string; at: number; count: OutcomeCount }>();
  let looked: { until: number; files: Promise<readonly FileView[]> } | undefined;

  const unseen = () => {
    if (!looked || Date.now() > looked.until) {
      const started = Date.now();
      const files = readUnseen(deployment).then((found) => found.sort(newestFirst));
      const look = { until: Number.POSITIVE_INFINITY, files };
      looked = look;
      files.then(
        () => {
          look.until = Date.now() + Math.max(UNSEEN_FOR_MS, 3 * (Date.now() - started));
        },
        () => {
          if (looked === look) looked = undefined;
        },
      );
    }
    return looked.files;
  };

  const count = async (outcome: Outcome): Promise<OutcomeCount> => {
    if ((OPEN_OUTCOMES as readonly Outcome[]).includes(outcome)) return countAll(deployment, outcome);
    const newest = await newestTime(deployment, outcome);
    const before = known.get(outcome);
    if (before?.newest === newest && Date.now() - before.at < BELIEVED_MS) return before.count;
    const counted = await countAll(deployment, outcome);
    known.set(outcome, { newest, at: Date.now(), count: counted });
    return counted;
  };

  return {
    unseen,
    forget() {
      looked = undefined;
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
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { Count = 0, LastEvaluatedKey } = await deployment.dynamoDb.send(
      new QueryCommand({ ...byOutcome(deployment, outcome), Select: 'COUNT', ExclusiveStartKey }),
    );
    count += Count;
    if (!LastEvaluatedKey) return { count, isMore: false };
    ExclusiveStartKey = LastEvaluatedKey as Record<string, never>;
  }
  return { count, isMore: true };
}
