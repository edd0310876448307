import { gzipSync } from 'node:zlib';
import { type Catalog, createCatalog } from '../../../catalog/catalog';
import { definitions } from '../../../catalog/definitions';
import { archiveKey, rejectedKey, taskResultKey } from '../../../domain/object-keys';
import type { RefreshResult, ValidateResult } from '../../../domain/workflow';
import { type ForgetDeps, type ForgetRequest, forget } from '../../../operations/forget/forget';
import type { LedgerReasons } from '../../../operations/forget/ledger-reasons';
import type { ForgetReceipt } from '../../../operations/forget/receipt';
import type { Retention } from '../../../operations/forget/tables';
import { fileRules } from '../../../tasks/validate/validate';
import { FaultyProcess } from '../../builders/faulty-process';
import { platformContracts } from '../../builders/platform-contracts';
import { readMarts } from '../../builders/read-marts';
import { keysWith, objectTexts } from '../../builders/state-bytes';
import { type PipelineFile, PSEUDONYM_KEY, TaskPipeline } from '../../builders/task-pipeline';
import type { MartRow } from '../../reference/mart-row';

/** The person, and everything that names her. */
export const ADA = '918273645';
export const WORDS = [ADA, 'cl-zyxwv', 'sess-zyxw', 'ada.lovelace', 'Lovelace', 'Ockham'];

/** Users are a kind; orders have a column of their own, a history, and keep unknown columns. */
export const catalog: Catalog = createCatalog({
  ...definitions,
  ...platformContracts('thelook'),
  contracts: platformContracts('thelook').contracts.map((contract) => {
    if (contract.kind !== 'orders') return contract;
    const email = { name: 'email', type: 'text' as const, required: true };
    return { ...contract, columns: [...contract.columns, email], history: true, extra: 'keep' };
  }),
});

const ORDERS = `order_id,user_id,status,created_at,num_of_item,email,shipping address
5001,${ADA},Complete,2026-03-01T10:00:00Z,1,ada.lovelace@example.com,"12 Ockham Park
Surrey"
5002,17,Complete,2026-03-01T11:00:00Z,1,bob@example.com,3 High Street
5003,${ADA},Complete,2026-04-02T10:00:00Z,2,ada.lovelace@example.com,12 Ockham Park
5004,${ADA},Complete,yesterday by Lovelace,1,ada.lovelace@example.com,12 Ockham Park
`;
const LATER_ORDERS = `order_id,user_id,status,created_at,num_of_item,email
5001,${ADA},Returned,2026-03-01T10:00:00Z,1,ada.lovelace@example.com
5005,18,Complete,2026-03-01T12:00:00Z,1,eve@example.com
`;
const ITEMS = `id,order_id,user_id,product_id,status,created_at,sale_price
1,5001,,1,Complete,2026-03-01T10:00:00Z,10
2,5002,17,1,Complete,2026-03-01T11:00:00Z,20
3,5003,${ADA},2,Complete,2026-04-02T10:00:00Z,30
4,5003,,2,Complete,2026-04-02T10:00:00Z,5
5,5005,18,1,Complete,2026-03-01T12:00:00Z,7
`;
const PRODUCTS = `id,cost,category,name,brand,retail_price,department
1,4,Hats,Hat,B,10,Men
2,9,Coats,Coat,B,30,Women
`;
const USERS = `id,age,gender,state,city,country,traffic_source,created_at
${ADA},36,F,Surrey,Ockham,UK,Search,2026-01-01T00:00:00Z
17,40,M,London,London,UK,Search,2026-01-02T00:00:00Z
`;
const UNKNOWN = `first,second
${ADA},Ada Lovelace of Ockham
17,Bob
`;

const raw = (id: string, event: object) =>
  JSON.stringify({ event_id: id, received_at: '2026-03-01T09:30:00.000Z', source: 'http', event });
const at = (minute: number) => `2026-03-01T09:${String(minute).padStart(2, '0')}:00Z`;
const HER_VISIT = { client_id: 'cl-zyxwv', session_id: 'sess-zyxw' };
const EVENTS = [
  raw('e1', {
    event_name: 'page_view',
    event_time: at(0),
    ...HER_VISIT,
    page_url: 'https://s.example/a/Lovelace',
  }),
  raw('e2', {
    event_name: 'view_item',
    event_time: at(1),
    ...HER_VISIT,
    items: [{ product_id: '1', list_name: 'related' }],
  }),
  raw('e3', {
    event_name: 'purchase',
    event_time: at(2),
    user_id: ADA,
    ...HER_VISIT,
    transaction_id: '5001',
    value: 10,
    note: 'for Lady Lovelace',
    items: [{ product_id: '1', quantity: 1, price: 10 }],
  }),
  raw('e4', { event_name: 'page_view', event_time: at(3), client_id: 'c2', user_id: '17', session_id: 's2' }),
  raw('e5', { event_name: 'purchase', event_time: 'not a time', user_id: ADA, note: 'Lovelace' }),
];
const EVENT_ARRAY = JSON.stringify([
  {
    event_id: 'f1',
    event_name: 'page_view',
    event_time: at(40),
    user_id: ADA,
    email: 'ada.lovelace@example.com',
  },
  { event_id: 'f2', event_name: 'page_view', event_time: at(41), client_id: 'c2' },
]);

const START = Date.UTC(2026, 4, 1);

export const FIRST_FILES: readonly PipelineFile[] = [
  { key: 'input/orders.csv', csv: ORDERS, uploadedAt: START },
  { key: 'input/order_items.csv.gz', csv: gzipSync(ITEMS), uploadedAt: START + 1 },
  { key: 'input/products.csv', csv: PRODUCTS, uploadedAt: START + 2 },
  { key: 'input/users.csv', csv: USERS, uploadedAt: START + 3 },
  { key: 'input/strange.csv', csv: UNKNOWN, uploadedAt: START + 4 },
  {
    key: 'input/events/http/2026/03/01/20260301T093000.000Z-0.ndjson.gz',
    csv: gzipSync(`${EVENTS.join('\n')}\n`),
    uploadedAt: START + 5,
  },
  { key: 'input/events/app.json', csv: EVENT_ARRAY, uploadedAt: START + 6 },
];
export const LATER_FILES: readonly PipelineFile[] = [
  { key: 'input/orders_later.csv', csv: LATER_ORDERS, uploadedAt: START + 60_000 },
];

/** A shop with a person, over a bucket and KPI tables in memory. */
export class ForgetShop {
  readonly pipeline: TaskPipeline;
  /** Reasons of the ledger by upload. */
  readonly reasons = new Map<string, string>();
  retention: Retention = { fileDays: 7, logDays: 30, oldVersionDays: 0 };
  /** Loads the warehouse, if the shop has one. */
  loadWarehouse: ForgetDeps['loadWarehouse'];

  constructor(private readonly shopCatalog: Catalog = catalog) {
    this.pipeline = new TaskPipeline('Europe/Berlin', shopCatalog);
    // A single bad row of four is allowed.
    this.pipeline.maxBadRowShare = 0.5;
  }

  /** Processes files, and moves them as the workflow does. */
  async process(files: readonly PipelineFile[]): Promise<void> {
    const { bucket } = this.pipeline;
    const execution = await this.pipeline.process(files);
    const result = JSON.parse(bucket.text(taskResultKey(execution, 'validate')) ?? '') as ValidateResult;
    for (const { key, outcome, reason } of result.files) {
      const to = outcome === 'valid' ? archiveKey(execution, key) : rejectedKey(execution, key);
      await bucket.put(to, bucket.objects.get(key)?.body ?? '');
      await bucket.delete(key);
      if (reason) this.reasons.set(key, reason);
    }
  }

  /** @param process the process that forgets; a fault of it is thrown */
  forget(request: Partial<ForgetRequest> = {}, process = new FaultyProcess()): Promise<ForgetReceipt> {
    const { reasons, pipeline, retention, loadWarehouse, shopCatalog } = this;
    const ledger: LedgerReasons = {
      async *read() {
        for (const [key, reason] of reasons) yield { key, upload: '', reason };
      },
      async replace({ key }, _, to) {
        reasons.set(key, to);
      },
    };
    return pipeline.withLake((lake) =>
      forget(
        { user: ADA, ...request },
        {
          lake: { ...lake, bucket: process.bucket(lake.bucket) },
          catalog: shopCatalog,
          rules: fileRules(shopCatalog, { MAX_BAD_ROW_SHARE: 0.5 }, async () => PSEUDONYM_KEY),
          retention,
          ledger,
          loadWarehouse,
          refresh: async () => {
            const execution = await pipeline.executeBatch([], () => process, 1, ['transform']);
            return JSON.parse(
              pipeline.bucket.text(taskResultKey(execution, 'transform')) ?? '',
            ) as RefreshResult;
          },
        },
      ),
    );
  }

  /** The keys of the objects that have a word of the person. */
  async keysWithPerson(words: readonly string[] = WORDS): Promise<string[]> {
    return keysWith(await objectTexts(this.pipeline.bucket.objects), words);
  }

  /** What DynamoDB has, as text. */
  itemsText(): string {
    return JSON.stringify(catalog.served.map(({ name }) => this.pipeline.store(name).all));
  }

  /** The rows of every mart. */
  marts(): Promise<Record<string, MartRow[]>> {
    return this.pipeline.withLake((lake) => readMarts(lake, catalog));
  }

  close(): void {
    this.pipeline.close();
  }
}
