import type { Command, Option } from 'commander';

/** The possible values of an option or an argument. */
export type Values = 'none' | 'any' | 'files' | 'directories' | readonly string[];

export interface OptionNode {
  /** `-h`, `--help`. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly values: Values;
}

/** A command, its visible options and subcommands. */
export interface CommandNode {
  /** The words after `daybook`; empty for `daybook` itself. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly OptionNode[];
  readonly arguments: Values;
  readonly commands: readonly CommandNode[];
}

/** Builds the tree from commander's commands. */
export function commandTree(command: Command, path: readonly string[] = []): CommandNode {
  const help = command.createHelp();
  return {
    path,
    description: command.description(),
    options: help.visibleOptions(command).map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      description: option.description,
      values: valuesOf(option),
    })),
    arguments: argumentsOf(command),
    commands: help.visibleCommands(command).map((one) => commandTree(one, [...path, one.name()])),
  };
}

/** The command and all its subcommands, outermost first. */
export function flatten(node: CommandNode): CommandNode[] {
  return [node, ...node.commands.flatMap(flatten)];
}

function valuesOf({ flags, argChoices, required, optional }: Option): Values {
  if (!required && !optional) return 'none';
  return argChoices ?? named(/[<[](\w+)/.exec(flags)?.[1] ?? '');
}

function argumentsOf({ registeredArguments }: Command): Values {
  const [argument] = registeredArguments;
  return argument ? (argument.argChoices ?? named(argument.name())) : 'none';
}

function named(name: string): Values {
  if (name === 'directory') return 'directories';
  return /^(files?|paths?|page)$/.test(name) ? 'files' : 'any';
}
