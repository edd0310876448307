import { readFile, writeFile } from 'node:fs/promises';
import { packagePath } from '../package-path';
import { asMarkdown, formatCell, goalsTable } from './format';
import { plot } from './plot';
import type { Recorded, Results } from './results';

const PAGE = packagePath('docs', 'performance.md');
const CHART = packagePath('docs', 'batch-cost.svg');

/**
 * Writes each benchmark's results to docs/performance.md, between its `bench:` markers, and the chart to docs/batch-cost.svg.
 * What other benchmarks published before stays.
 */
export async function publish(results: Results): Promise<void> {
  const blocks = Object.entries(results).map(([name, result]) => [name, block(result)]);
  await writeFile(PAGE, fillMarks(await readFile(PAGE, 'utf8'), Object.fromEntries(blocks)));
  const charts = results.history?.charts;
  if (charts) await writeFile(CHART, plot(charts));
}

/** The tables, goals, notes and conditions of a benchmark as Markdown. */
function block({
  tables,
  goals,
  notes,
  scale,
  started,
  seed,
  machine,
  versions,
  load_before,
}: Recorded): string {
  const origin = [
    `${scale} scale`,
    started.slice(0, 10),
    `commit ${versions.commit}`,
    `Node ${versions.node.slice(1)}, DuckDB ${versions.duckdb.replace(/^v/, '')}`,
    `${machine.cpu}, ${machine.cores} cores, ${formatCell(machine.memory_bytes, 'bytes')}`,
    `load average before: ${load_before.toFixed(1)}`,
    `seed ${seed}`,
  ];
  const shown = goals.length > 0 ? [...tables, goalsTable(goals)] : tables;
  return [...shown.map(asMarkdown), notes.join(' '), `*Measured: ${origin.join('; ')}.*`].join('\n\n');
}

/**
 * Replaces the parts of a page between `<!-- bench:NAME -->` and `<!-- /bench -->`.
 * @throws RangeError for a part without markers
 */
export function fillMarks(page: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((filled, [name, part]) => {
    const content = new RegExp(`(?<=<!-- bench:${name} -->)[\\s\\S]*?(?=<!-- /bench -->)`);
    if (!content.test(filled)) throw new RangeError(`no markers bench:${name}`);
    return filled.replace(content, () => `\n\n${part}\n\n`);
  }, page);
}
