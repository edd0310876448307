import { formatTable } from '../cli/table';
import { type Cell, type Goal, isMet, type ResultTable, type Unit } from './results';

export function formatCell(cell: Cell, unit: Unit): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return cell;
  if (!Number.isFinite(cell)) return '?';
  if (unit === 'seconds') return `${cell.toFixed(2)} s`;
  if (unit === 'ratio') return cell.toFixed(2);
  if (unit === 'bytes') return formatBytes(cell);
  return cell.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

/** Powers of 1,000, three digits. */
function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2)} ${units[power]}`;
}

/** A table of the goals. */
export function goalsTable(goals: readonly Goal[]): ResultTable {
  return {
    title: 'Goals',
    columns: [
      { heading: 'measure', unit: 'text' },
      { heading: 'measured', unit: 'text' },
      { heading: 'goal', unit: 'text' },
      { heading: 'met', unit: 'text' },
    ],
    rows: goals.map((goal) => [
      goal.what,
      formatCell(goal.measured, goal.unit),
      `${goal.bound} ${formatCell(goal.goal, goal.unit)}`,
      goal.judged ? (isMet(goal) ? 'yes' : 'no') : 'not judged',
    ]),
  };
}

/** Formats a table for a terminal: title, and columns aligned under their headings. */
export function asText({ title, columns, rows }: ResultTable): string {
  const body = formatTable(
    columns.map(({ heading, unit }, index) => ({
      heading,
      right: unit !== 'text',
      text: (row: readonly Cell[]) => formatCell(row[index] ?? null, unit),
    })),
    rows,
  );
  return `${title}\n${body}`;
}

/** Formats a table as Markdown: the title in bold, and a table. */
export function asMarkdown({ title, columns, rows }: ResultTable): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `**${title}**`,
    '',
    line(columns.map(({ heading }) => heading)),
    line(columns.map(({ unit }) => (unit === 'text' ? '---' : '--:'))),
    ...rows.map((row) => line(columns.map(({ unit }, index) => formatCell(row[index] ?? null, unit)))),
  ].join('\n');
}
