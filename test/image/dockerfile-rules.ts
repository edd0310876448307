/**
 * What breaks our rules in a Dockerfile, a sentence each, with its line.
 * @param context names of the files that the build is given
 */
export function dockerfileFaults(dockerfile: string, context: readonly string[]): string[] {
  const instructions = instructionsOf(dockerfile);
  const faults: string[] = [];
  const fault = ({ line, text }: Instruction, why: string) => faults.push(`${line}: ${text}: ${why}`);
  const stages = instructions.filter(({ keyword }) => keyword === 'FROM');
  const last = stages.at(-1);
  if (!last) return ['there is no FROM'];
  const ofLast = instructions.slice(instructions.indexOf(last) + 1);

  for (const from of stages) {
    const image = from.words.find((word) => !word.startsWith('--')) ?? '';
    if (!/(:\d+\.\d+\.\d+[\w.-]*|@sha256:[0-9a-f]{64})$/.test(image))
      fault(from, 'the base is neither an exact version nor a digest');
  }
  if (stages.length < 2) fault(last, 'one stage: the package manager’s traces stay in the image');
  for (const instruction of instructions) {
    const { keyword, words } = instruction;
    const from = words.find((word) => word.startsWith('--from='));
    const sources = words.filter((word) => !word.startsWith('--')).slice(0, -1);
    if (keyword === 'ADD') fault(instruction, 'COPY says what it takes; ADD also fetches and unpacks');
    if (keyword === 'RUN' && /\bnpm (install|i)\b/.test(instruction.text))
      fault(instruction, 'npm ci keeps to the lockfile');
    if (keyword === 'COPY' && !from) {
      for (const source of sources.filter((word) => !context.some((name) => isNamed(name, word))))
        fault(instruction, `${source} is not in the context`);
    }
  }
  for (const instruction of ofLast.filter(({ keyword }) => keyword === 'RUN'))
    fault(instruction, 'running in the last stage needs the architecture of the image');
  const user = ofLast.filter(({ keyword }) => keyword === 'USER').at(-1);
  if (!user || /^(root|0)\b/.test(user.words[0] ?? '')) fault(user ?? last, 'the last stage runs as root');
  const entry = ofLast.filter(({ keyword }) => keyword === 'ENTRYPOINT').at(-1);
  if (!entry?.text.slice('ENTRYPOINT'.length).trim().startsWith('['))
    fault(entry ?? last, 'not the exec form: a shell would be process 1 and keep SIGTERM to itself');
  return faults;
}

interface Instruction {
  readonly line: number;
  readonly keyword: string;
  readonly words: readonly string[];
  readonly text: string;
}

function instructionsOf(dockerfile: string): Instruction[] {
  const found: Instruction[] = [];
  let open: { line: number; text: string } | undefined;
  for (const [index, line] of dockerfile.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const text = `${open?.text ?? ''}${line.replace(/\\$/, '')}`.trim();
    open = { line: open?.line ?? index + 1, text };
    if (line.endsWith('\\')) continue;
    const [keyword = '', ...words] = text.split(/\s+/);
    found.push({ line: open.line, keyword: keyword.toUpperCase(), words, text });
    open = undefined;
  }
  return found;
}

const isNamed = (name: string, word: string) =>
  word.startsWith('*') ? name.endsWith(word.slice(1)) : name === word.replace(/^\.\//, '');
