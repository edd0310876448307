import { createCatalog } from '../../catalog/catalog';
import type { Contract } from '../../domain/contract';
import { taskResultKey } from '../../domain/object-keys';
import { type ValidatedFile, validateResultSchema } from '../../domain/workflow';
import { kpiDefinitions as definitions } from '../builders/kpi-catalog';
import { platformContracts } from '../builders/platform-contracts';
import { readDeltaRows, type TextRow } from '../builders/read-delta';
import { TaskPipeline } from '../builders/task-pipeline';

const UPLOADED_AT = Date.UTC(2025, 5, 1);

/** A deployment with the contracts of a platform's folder. */
export class Platform {
  private readonly pipeline: TaskPipeline;
  private uploads = 0;

  /** @param changes to the contracts of kinds */
  constructor(name: string, changes: Readonly<Record<string, Partial<Contract>>> = {}) {
    const { contracts, sources } = platformContracts(name);
    const changed = contracts.map((contract) => ({ ...contract, ...changes[contract.kind] }));
    this.pipeline = new TaskPipeline('UTC', createCatalog({ ...definitions, contracts: changed, sources }));
  }

  /** Uploads a file and runs an execution over it. @returns what validate says of it */
  async load(name: string, ...lines: readonly string[]): Promise<ValidatedFile | undefined> {
    return (await this.loadAll([[name, ...lines]]))[0];
  }

  /** Uploads files, each its name and its lines, and runs one execution over them. @returns what validate says of them */
  async loadAll(files: readonly (readonly [name: string, ...lines: string[]])[]): Promise<ValidatedFile[]> {
    const uploadedAt = UPLOADED_AT + 1000 * ++this.uploads;
    const executionId = await this.pipeline.process(
      files.map(([name, ...lines]) => ({ key: `input/${name}`, csv: `${lines.join('\n')}\n`, uploadedAt })),
    );
    const result = this.pipeline.bucket.text(taskResultKey(executionId, 'validate')) ?? '';
    return validateResultSchema.parse(JSON.parse(result)).files;
  }

  /** The rows of a kind, without their origin. */
  async rows(kind: string, ...columns: readonly string[]): Promise<TextRow[]> {
    const rows = await readDeltaRows(this.pipeline.bucket, `staging/${kind}`);
    const picked = rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name] ?? null])));
    return picked.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }

  /** By day: orders, revenue, pieces sold. */
  days(): Record<string, string> {
    return Object.fromEntries(
      this.pipeline.orders.all.map(({ order_date, total_orders, total_revenue, total_items_sold }) => [
        order_date,
        `${total_orders} orders, ${total_revenue}, ${total_items_sold} pieces`,
      ]),
    );
  }

  categories(): (string | null | undefined)[] {
    return this.pipeline.categories.all.map(({ category }) => category);
  }

  /** Checks the KPIs against a recomputation. @returns the number of differences */
  async differences(): Promise<number> {
    return (await this.pipeline.verify()).differences;
  }

  close(): void {
    this.pipeline.close();
  }
}
