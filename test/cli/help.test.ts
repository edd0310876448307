import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { daybookProgram } from '../../cli/program';
import { packagePath } from '../../package-path';

const page = readFileSync(packagePath('docs', 'cli.md'), 'utf8');

/** Every command with the words that call it. */
function commandsBelow(command: Command, words: string): [string, Command][] {
  return command.commands.flatMap((one) => {
    const name = `${words} ${one.name()}`;
    return [[name, one] as [string, Command], ...commandsBelow(one, name)];
  });
}

const commands = commandsBelow(daybookProgram(), 'daybook');

const optionsOf = (command: Command) =>
  command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help');

/** Commands that print no data, or have another option for JSON. */
const WITHOUT_JSON = [
  'daybook local',
  'daybook kpis',
  'daybook completion',
  'daybook contract',
  'daybook airflow',
  'daybook events',
  'daybook warehouse',
  'daybook warehouse psql',
];

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  return help;
}

test.each(commands)('%s has a description, examples, and --json where it prints data', (name, command) => {
  expect(command.description().length).toBeGreaterThan(10);
  expect(helpOf(command)).toMatch(new RegExp(`Examples?:\n {2}\\$ .*${name}`));
  const hasJson = optionsOf(command).some(({ long }) => long === '--json');
  expect(hasJson).toBe(!WITHOUT_JSON.includes(name));
  for (const { description } of optionsOf(command)) expect(description).not.toBe('');
});

test('docs/cli.md names only existing commands and options', () => {
  const names = commands.map(([name]) => name);
  for (const [, name] of page.matchAll(/^#+ (daybook .+)$/gm)) expect(names).toContain(name);
  const options = commands.flatMap(([, command]) => optionsOf(command).map(({ long }) => long));
  for (const [option] of page.matchAll(/--[a-z][a-z-]*/g)) expect([...options, '--help']).toContain(option);
});
