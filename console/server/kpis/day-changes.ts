import { catalog } from '../../../catalog/catalog';
import type { KpiCommit, KpiCommits } from '../../../operations/kpis/changes';
import type { DayChange, DayChanges, DayValue } from '../../api/kpis';

const MAX_CHANGES = 5;

/** Merges the commits of both KPI tables: an execution's changes to the day and to its categories are one change. */
export function dayChanges({ commits, isComplete }: KpiCommits): DayChanges {
  const byExecution = new Map<string, KpiCommit[]>();
  for (const commit of commits) {
    const key = commit.execution ?? `${commit.table}/${commit.version}`;
    byExecution.set(key, [...(byExecution.get(key) ?? []), commit]);
  }
  const changes = [...byExecution.values()].map(changeOf);
  changes.sort((a, b) => (b.at ?? '').localeCompare(a.at ?? ''));
  return { changes: changes.slice(0, MAX_CHANGES), is_complete: isComplete };
}

/** @param commits newest first per table, at least one; a retried task can have several */
function changeOf(commits: readonly KpiCommit[]): DayChange {
  const orders = commits.filter(({ table }) => table === 'order_kpis');
  const [after] = orders.flatMap(({ rows }) => rows);
  const before = orders.flatMap(({ rows }) => rows).at(-1);
  const categories = commits.filter(({ table }) => table === 'category_kpis').flatMap(({ rows }) => rows);
  const names = categories.map((row) => (row.after ?? row.before)?.category ?? '');
  return {
    execution: commits[0]?.execution ?? null,
    at: commits.map(({ at }) => at).reduce((last, at) => ((at ?? '') > (last ?? '') ? at : last), null),
    values: catalog
      .mart('order_kpis')
      .columns.filter(({ type }) => type !== 'date')
      .map(
        ({ name }): DayValue => ({
          column: name,
          before: before?.before?.[name] ?? null,
          after: after?.after?.[name] ?? null,
        }),
      )
      .filter((value) => value.before !== value.after),
    categories: [...new Set(names)].sort(),
  };
}
