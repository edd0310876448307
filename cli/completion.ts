import { Argument, Command } from 'commander';
import { commandTree, flatten } from './command-tree';
import { bashCompletion, fishCompletion, zshCompletion } from './completion-scripts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export function completionCommand(): Command {
  return new Command('completion')
    .description('print a shell script that completes commands, options and their values')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      `
Examples:
  $ eval "$(daybook completion bash)"         in ~/.bashrc
  $ eval "$(daybook completion zsh)"          in ~/.zshrc, after compinit
  $ daybook completion fish | source          in ~/.config/fish/config.fish`,
    )
    .action((shell: keyof typeof SHELLS, _, command: Command) => {
      const tree = commandTree(command.parent ?? command);
      process.stdout.write(SHELLS[shell](flatten(tree)));
    });
}
