import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { packagePath } from '../../package-path';
import type { LocalPipeline } from './local-pipeline';

/** The blocks of docs/events.md in a language, in their order. */
export function snippets(language: string): string[] {
  const page = readFileSync(packagePath('docs', 'events.md'), 'utf8');
  return [...page.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, text = '']) => text);
}

/** What a program of a user has in its environment. */
export const environmentOf = ({ ready }: LocalPipeline): NodeJS.ProcessEnv => ({
  ...process.env,
  EVENTS_URL: ready.eventsUrl ?? '',
  EVENTS_KEY: ready.eventsKey ?? '',
  EVENT_QUEUE_URL: ready.eventQueueUrl ?? '',
  AWS_ENDPOINT_URL: ready.endpoint,
  ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
});

/**
 * Runs the program of the page for Node that has the text.
 * @param edited what the page says of a user's place, in the words of this one
 * @throws if there is none, and if it fails
 */
export async function runNodeSnippet(
  having: string,
  env: NodeJS.ProcessEnv,
  edited = (program: string): string => program,
): Promise<void> {
  const program = snippets('js').find((text) => text.includes(having));
  if (program === undefined) throw new RangeError(`no program for Node in docs/events.md has ${having}`);
  // Below the project, so that it finds the SDK.
  const directory = packagePath('dist', `docs-${process.pid}`);
  const file = path.join(directory, 'send.mjs');
  mkdirSync(directory, { recursive: true });
  try {
    writeFileSync(file, edited(program));
    await promisify(execFile)(process.execPath, [file], { env });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
