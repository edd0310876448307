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
const WITHOUT_JSON = ['daybook local', 'daybook kpis', 'daybook completion'];

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

test.each(commands)('docs/cli.md has the options of %s with their defaults', (name, command) => {
  const [, section = ''] = new RegExp(`\n#+ ${name}\n([^]*?)(?=\n#|$)`).exec(page) ?? [];
  expect(section).not.toBe('');
  const told = [...section.matchAll(/^\| `(--.+?)` \| (.*?) \|/gm)].map(([, flags, standard = '']) => [
    flags,
    standard.replaceAll('`', ''),
  ]);
  const own = optionsOf(command).map(({ flags, defaultValue }) => [
    flags,
    typeof defaultValue === 'number' || typeof defaultValue === 'string' ? String(defaultValue) : undefined,
  ]);
  expect(told.map(([flags]) => flags).sort()).toEqual(own.map(([flags]) => flags).sort());
  for (const one of own) if (one[1] !== undefined) expect(told).toContainEqual(one);
});

test('docs/cli.md has no unknown commands', () => {
  const named = [...page.matchAll(/^#+ (daybook .+)$/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual(commands.map(([name]) => name).sort());
});
