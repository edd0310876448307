/**
 * Shell completion scripts, generated from the commands. Completing a word does not run daybook.
 */

import type { CommandNode, OptionNode, Values } from './command-tree';

/** Quotes a word for the shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The key of a command in the scripts, such as ` kpis orders`. */
const keyOf = ({ path }: CommandNode): string => path.map((word) => ` ${word}`).join('');

const valued = ({ options }: CommandNode): OptionNode[] => options.filter(({ values }) => values !== 'none');

const isChoice = (values: Values): values is readonly string[] => typeof values !== 'string';

/** Cases that find the command from the words of the line. */
const pathCases = (nodes: readonly CommandNode[]): string =>
  nodes
    .filter(({ path }) => path.length > 0)
    .map((node) => `      ${quoted(keyOf(node))}) at=${quoted(keyOf(node))} ;;`)
    .join('\n');

/** One case per option with a value, by command and flags. */
const valueCases = (nodes: readonly CommandNode[], complete: (values: Values) => string): string =>
  nodes
    .flatMap((node) =>
      valued(node).map(({ flags, values }) => {
        const patterns = flags.map((flag) => quoted(`${keyOf(node)}:${flag}`)).join('|');
        return `    ${patterns}) ${complete(values)} return ;;`;
      }),
    )
    .join('\n');

export function bashCompletion(nodes: readonly CommandNode[]): string {
  const complete = (values: Values) => {
    if (isChoice(values)) return `COMPREPLY=($(compgen -W ${quoted(values.join(' '))} -- "$cur"));`;
    if (values !== 'files' && values !== 'directories') return '';
    // A name with spaces is one word.
    return `compopt -o filenames 2>/dev/null; IFS=$'\\n'; COMPREPLY=($(compgen -${values[0]} -- "$cur"));`;
  };
  const words = nodes.map((node) => {
    const { options, commands, arguments: values } = node;
    const flags = options.flatMap((option) => option.flags);
    const names = [...commands.map(({ path }) => path.at(-1)), ...(isChoice(values) ? values : [])];
    const given = values === 'files' || values === 'directories' ? ` ${complete(values)}` : '';
    return `    ${quoted(keyOf(node))})
      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W ${quoted(flags.join(' '))} -- "$cur"))
      else COMPREPLY=($(compgen -W ${quoted(names.join(' '))} -- "$cur"));${given}
      fi ;;`;
  });
  return `# daybook: completion for bash
_daybook() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} at='' i
  local IFS=$' \\t\\n'
  # bash splits --status=x into three words.
  if [[ $cur == '=' ]]; then cur=''
  elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at \${COMP_WORDS[i]}" in
${pathCases(nodes)}
    esac
  done
  case "$at:$prev" in
${valueCases(nodes, complete)}
  esac
  case "$at" in
${words.join('\n')}
  esac
}
complete -F _daybook daybook
`;
}

export function zshCompletion(nodes: readonly CommandNode[]): string {
  const complete = (values: Values) => {
    if (isChoice(values)) return `compadd -- ${values.map(quoted).join(' ')};`;
    if (values === 'files') return '_files;';
    if (values === 'directories') return '_files -/;';
    return '';
  };
  const described = (name: string, description: string) =>
    quoted(`${name.replaceAll(':', '\\:')}:${description}`);
  const words = nodes.map((node) => {
    const { options, commands, arguments: values } = node;
    const flags = options.flatMap((option) =>
      option.flags.map((flag) => described(flag, option.description)),
    );
    const names = commands.map(({ path, description }) => described(path.at(-1) ?? '', description));
    const given = values === 'none' || values === 'any' ? '' : ` ${complete(values)}`;
    return `    ${quoted(keyOf(node))})
      options=(${flags.join(' ')})
      commands=(${names.join(' ')})
      if [[ $PREFIX == -* ]]; then _describe -o option options
      else _describe command commands;${given}
      fi ;;`;
  });
  // zsh reserves the names path and words.
  return `#compdef daybook
# daybook: completion for zsh
_daybook() {
  local at='' i
  local -a options commands
  for ((i = 2; i < CURRENT; i++)); do
    case "$at \${words[i]}" in
${pathCases(nodes)}
    esac
  done
  case "$at:\${words[CURRENT-1]}" in
${valueCases(nodes, complete)}
  esac
  case "$at" in
${words.join('\n')}
  esac
}
compdef _daybook daybook
`;
}

export function fishCompletion(nodes: readonly CommandNode[]): string {
  const lines = nodes.flatMap((node) => {
    const { commands, options, arguments: values } = node;
    const when = `-n ${quoted(fishCondition(node))}`;
    const subcommands = commands.map(
      ({ path, description }) => `${when} -a ${quoted(path.at(-1) ?? '')} -d ${quoted(description)}`,
    );
    const flags = options.map(({ flags: of, description, values: its }) => {
      const names = of.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
      return `${when} ${names.join(' ')}${fishValues(its, '-r ')} -d ${quoted(description)}`;
    });
    const given = fishValues(values, '');
    return [...subcommands, ...flags, ...(given === '' ? [] : [when + given])];
  });
  return `# daybook: completion for fish
complete -c daybook -f
${lines.map((line) => `complete -c daybook ${line}`).join('\n')}
`;
}

function fishCondition({ path, commands }: CommandNode): string {
  const [first] = path;
  if (first === undefined) return '__fish_use_subcommand';
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
  const below = commands.map((command) => command.path.at(-1)).join(' ');
  return below === '' ? seen : `${seen}; and not __fish_seen_subcommand_from ${below}`;
}

function fishValues(values: Values, required: string): string {
  if (isChoice(values)) return ` ${required}-a ${quoted(values.join(' '))}`;
  if (values === 'files' || values === 'directories') return ` ${required}-F`;
  return values === 'any' && required ? ' -x' : '';
}
