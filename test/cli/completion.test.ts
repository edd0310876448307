import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commandTree, flatten } from '../../cli/command-tree';
import { daybookProgram } from '../../cli/program';
import { daybookHere } from './run-daybook';

let directory: string;
let script: string;
beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'daybook-completion-'));
  mkdirSync(path.join(directory, 'exports'));
  writeFileSync(path.join(directory, "it's orders.csv"), '');
  script = (await daybookHere(['completion', 'bash'])).stdout;
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What bash offers at a Tab behind each of the lines, in one bash. */
function completionsOf(lines: readonly string[]): string[][] {
  const asks = lines.map((line) => {
    // As readline splits it.
    const words = line.split(/ |(?==)|(?<==)/).map((word) => `'${word}'`);
    return `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _daybook; printf '%s\\n' "\${COMPREPLY[@]}"; echo ---`;
  });
  const said = execFileSync('bash', ['--norc', '-c', [script, ...asks].join('\n')], { cwd: directory });
  return String(said)
    .split('---\n')
    .slice(0, -1)
    .map((part) => part.split('\n').filter(Boolean));
}

test('bash completes commands, options and values where they are allowed', () => {
  const expected: Record<string, readonly string[]> = {
    'daybook re': ['replay', 'redrive'],
    'daybook kpis ': ['categories', 'orders', 'help'],
    'daybook files --st': ['--status'],
    'daybook files --status re': ['rejected', 'replaced'],
    'daybook files --status=gon': ['gone'],
    'daybook files --limit ': [],
    'daybook kpis categories --ca': ['--category'],
    'daybook kpis orders --ca': [],
    'daybook completion ': ['bash', 'zsh', 'fish'],
    'daybook upload it': ["it's orders.csv"],
    'daybook local --data ': ['exports'],
    'daybook status up': [],
  };
  const lines = Object.keys(expected);
  const completions = completionsOf(lines);
  expect(Object.fromEntries(lines.map((line, index) => [line, completions[index]]))).toEqual(expected);
});

test('bash knows every command and option', () => {
  const nodes = flatten(commandTree(daybookProgram()));
  expect(nodes.length).toBeGreaterThan(15);
  const asked = completionsOf(
    nodes.flatMap(({ path: words }) => [
      ['daybook', ...words, '-'].join(' '),
      ['daybook', ...words, ''].join(' '),
    ]),
  );
  for (const [index, { options, commands }] of nodes.entries()) {
    expect(asked[2 * index]).toEqual(options.flatMap(({ flags }) => flags));
    expect(asked[2 * index + 1]).toEqual(expect.arrayContaining(commands.map((one) => one.path.at(-1))));
  }
});

test.each(['zsh', 'fish'])('the script for %s names every command, option and choice', async (shell) => {
  const { stdout } = await daybookHere(['completion', shell]);
  for (const { path: words, options, commands } of flatten(commandTree(daybookProgram()))) {
    const part = shell === 'zsh' ? partOfZsh(stdout, words) : partOfFish(stdout, words);
    for (const { path: below } of commands) expect(part).toMatch(new RegExp(`'${below.at(-1)}[:']`));
    for (const { flags, values } of options) {
      for (const flag of flags) {
        expect(part).toContain(
          shell === 'zsh' ? `'${flag}:` : flag.replace(/^--/, '-l ').replace(/^-(?=\w$)/, '-s '),
        );
      }
      if (Array.isArray(values))
        expect(stdout).toMatch(new RegExp(values.map((one) => `'?${one}'?`).join(' ')));
    }
  }
});

const partOfZsh = (script: string, words: readonly string[]): string =>
  script.split(`    '${words.map((word) => ` ${word}`).join('')}')\n`)[1]?.split(';;')[0] ?? '';

const partOfFish = (script: string, words: readonly string[]): string =>
  script
    .split('\n')
    .filter((line) =>
      line.includes(
        words.length === 0 ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${words.at(-1)}`,
      ),
    )
    .join('\n');
