import { readFile, writeFile } from 'node:fs/promises';
import { packagePath } from '../package-path';
import { asMarkdown, formatCell, goalsTable } from './format';
import { plot } from './plot';
import { MEASURES, type Recorded, type Results } from './results';

const SUMMARY = packagePath('bench', 'results', 'summary.json');
const PAGE = packagePath('docs', 'performance.md');
const CHART = packagePath('docs', 'batch-cost.svg');

/**
 * Replaces the results of the same benchmarks in bench/results/summary.json, and writes the summary to docs/performance.md,
 * between its `bench:` markers, and to docs/batch-cost.svg. A small run never replaces a full one.
 */
export async function publish(results: Results): Promise<void> {
  const summary: Results = JSON.parse(await readFile(SUMMARY, 'utf8').catch(() => '{}'));
  for (const name of MEASURES) {
    const result = results[name];
    if (result && (result.scale === 'full' || summary[name]?.scale !== 'full')) summary[name] = result;
  }
  await writeFile(SUMMARY, `${JSON.stringify(summary, null, 2)}\n`);
  await writeFile(PAGE, fillMarks(await readFile(PAGE, 'utf8'), blocks(summary)));
  const charts = summary.history?.charts;
  if (charts) await writeFile(CHART, plot(charts));
}

/** The content between the markers, by name. */
function blocks(summary: Results): Record<string, string> {
  const recorded = MEASURES.flatMap((name) => summary[name] ?? []);
  const filled: Record<string, string> = {
    goals: asMarkdown(goalsTable(recorded.flatMap(({ goals }) => goals))),
  };
  for (const name of MEASURES) {
    const result = summary[name];
    filled[name] = result ? block(result) : 'Not measured yet.';
  }
  return filled;
}

function block(result: Recorded): string {
  const { tables, notes, scale, started, seed, machine, versions, load_before } = result;
  const origin = [
    scale === 'full' ? 'full scale' : '**small scale, a hundredth of all sizes**',
    started.slice(0, 10),
    `commit ${versions.commit}`,
    `Node ${versions.node.slice(1)}, DuckDB ${versions.duckdb.replace(/^v/, '')}`,
    `${machine.cpu}, ${machine.cores} cores, ${formatCell(machine.memory_bytes, 'bytes')}`,
    `load average before: ${load_before.toFixed(1)}`,
    `seed ${seed}`,
  ];
  return [...tables.map(asMarkdown), notes.join(' '), `*Measured: ${origin.join('; ')}.*`].join('\n\n');
}

/**
 * Replaces the parts of a page between `<!-- bench:NAME -->` and `<!-- /bench -->`.
 * @throws RangeError for a marker without content
 */
export function fillMarks(page: string, parts: Readonly<Record<string, string>>): string {
  return page.replace(/<!-- bench:([\w-]+) -->[\s\S]*?<!-- \/bench -->/g, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new RangeError(`no content for the marker bench:${name}`);
    return `<!-- bench:${name} -->\n\n${part}\n\n<!-- /bench -->`;
  });
}
