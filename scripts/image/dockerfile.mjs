/**
 * Reads a Dockerfile and does what it says in directories of this computer: as much of the language as tasks/Dockerfile
 * uses, and what else stands there is refused.
 * https://docs.docker.com/reference/dockerfile/
 */
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * @returns the stages in order: what each is made from, under which name, and its instructions,
 * `{ keyword, flags, text, line }`, variables in them as they stand there
 * @throws with the line's number
 */
export function parseDockerfile(text) {
  const stages = [];
  for (const instruction of instructionsOf(text)) {
    const { keyword, flags, text: rest, line } = instruction;
    if (keyword !== 'FROM') {
      if (stages.length === 0) throw new Error(`Dockerfile:${line}: ${keyword} stands before the first FROM`);
      stages.at(-1).instructions.push(instruction);
      continue;
    }
    const [, image, name] = /^(\S+)(?: AS (\S+))?$/i.exec(rest) ?? [];
    if (!image) throw new Error(`Dockerfile:${line}: expected FROM image [AS name], found ${rest}`);
    stages.push({ image, name, platform: flags.platform, line, instructions: [] });
  }
  return stages;
}

function* instructionsOf(text) {
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    if (/^\s*(#|$)/.test(lines[at])) continue;
    let whole = lines[at];
    while (whole.endsWith('\\')) whole = `${whole.slice(0, -1)}${lines[++at] ?? ''}`;
    const [keyword, rest] = split(whole.trim());
    let flags = {};
    let remaining = rest;
    for (;;) {
      const flag = /^--([a-z-]+)=(\S+)\s+/.exec(remaining);
      if (!flag) break;
      flags = { ...flags, [flag[1]]: flag[2] };
      remaining = remaining.slice(flag[0].length);
    }
    yield { keyword: keyword.toUpperCase(), flags, text: remaining, line };
  }
}

const split = (text) => [text.slice(0, text.search(/\s|$/)), text.replace(/^\S+\s*/, '')];

/**
 * Makes the file system that the last stage adds to its base image.
 *
 * @param context the directory that COPY copies from
 * @param to an empty directory; every stage's files go into one of its own below it
 * @param variables what the builder gives to those ARGs that the Dockerfile asks for, as TARGETARCH
 * @param run does what a RUN says: the command, its directory, its environment
 * @returns the last stage's `root` directory, and its configuration: `workdir`, `env`, `user`, `volumes`, `entrypoint`
 */
export function assemble(stages, { context, to, variables, run }) {
  const done = new Map();
  let last;
  for (const [index, stage] of stages.entries()) {
    const root = path.join(to, stage.name ?? `stage-${index}`);
    const config = { root, workdir: '/', env: {}, args: {}, user: 'root', volumes: [], entrypoint: [] };
    mkdirSync(root, { recursive: true });
    for (const instruction of stage.instructions)
      perform(instruction, config, { context, variables, run, done });
    if (stage.name) done.set(stage.name, config);
    last = config;
  }
  return last;
}

function perform({ keyword, flags, text, line }, config, { context, variables, run, done }) {
  const fail = (why) => {
    throw new Error(`Dockerfile:${line}: ${keyword} ${text}: ${why}`);
  };
  const inside = (place) => path.join(config.root, path.posix.resolve(config.workdir, place));
  const actions = {
    ARG: () => {
      if (variables[text] === undefined) fail('the builder gives no such variable');
      config.args[text] = variables[text];
    },
    ENV: () => {
      for (const pair of text.split(/\s+/)) {
        if (!/^\w+=[^"'$\\]+$/.test(pair)) fail(`expected NAME=value, found ${pair}`);
        config.env[pair.slice(0, pair.indexOf('='))] = pair.slice(pair.indexOf('=') + 1);
      }
    },
    WORKDIR: () => {
      config.workdir = path.posix.resolve(config.workdir, text);
      mkdirSync(inside('.'), { recursive: true });
    },
    RUN: () => run(text, inside('.'), { ...config.args, ...config.env }),
    COPY: () => {
      const words = text.split(/\s+/);
      const destination = words.pop();
      const source = flags.from === undefined ? context : done.get(flags.from)?.root;
      if (source === undefined) fail(`there is no stage ${flags.from} before`);
      for (const word of words) copy(word, destination, source);
    },
    VOLUME: () => config.volumes.push(text),
    USER: () => {
      config.user = text;
    },
    ENTRYPOINT: () => {
      config.entrypoint = JSON.parse(text);
    },
  };
  const copy = (word, destination, source) => {
    const found = named(source, word);
    if (found.length === 0) fail(`${word} is not in ${source}`);
    for (const name of found) {
      const from = path.join(source, name);
      const isFile = statSync(from).isFile();
      const target =
        isFile && destination.endsWith('/')
          ? path.join(inside(destination), path.basename(name))
          : inside(destination);
      cpSync(from, target, { recursive: true, verbatimSymlinks: true });
      if (flags.chmod && isFile) chmodSync(target, Number.parseInt(flags.chmod, 8));
    }
  };
  const action = actions[keyword];
  if (!action) fail('not an instruction that scripts/image knows');
  const unknown = Object.keys(flags).filter(
    (flag) => !(keyword === 'COPY' && ['from', 'chmod', 'chown'].includes(flag)),
  );
  if (unknown.length > 0) fail(`unknown: --${unknown.join(', --')}`);
  action();
}

/** A path below the directory, or those right in it that end as in `*.cjs`. */
function named(directory, word) {
  if (word.startsWith('*')) return readdirSync(directory).filter((name) => name.endsWith(word.slice(1)));
  return existsSync(path.join(directory, word)) ? [word] : [];
}
