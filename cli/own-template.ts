import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { packagePath } from '../package-path';
import { areIncluded, type DefinitionOptions } from './definition-options';
import { CommandFailure } from './failure';

/**
 * The directory of the template that local mode deploys: the one of the build, or for contracts, marts or context values of one's own a
 * new one, as `cdk synth -c contracts=... -c marts=...` makes it. It is in dist/, from where the tasks find their modules, one per data
 * directory.
 */
export async function templateFor(
  definitions: DefinitionOptions,
  data: string,
  values: Readonly<Record<string, string>> = {},
): Promise<string> {
  if (areIncluded(definitions) && Object.keys(values).length === 0) return packagePath('dist', 'template');
  const directory = ownTemplate(data);
  const fresh = `${directory}.${process.pid}`;
  const context = { ...JSON.parse(process.env.CDK_CONTEXT_JSON ?? '{}'), ...definitions, ...values };
  // CDK's validation takes six times as long as the rest.
  const env = {
    ...process.env,
    CDK_OUTDIR: fresh,
    CDK_VALIDATION: 'false',
    CDK_CONTEXT_JSON: JSON.stringify(context),
  };
  try {
    await promisify(execFile)(process.execPath, [packagePath('dist', 'infra', 'app.cjs')], { env });
  } catch (error) {
    throw new CommandFailure(
      `the template could not be made: ${(error as { stderr?: string }).stderr || error}`,
    );
  }
  await mkdir(path.dirname(directory), { recursive: true });
  await rm(directory, { recursive: true, force: true });
  await rename(fresh, directory);
  return directory;
}

export const removeOwnTemplate = (data: string): Promise<void> =>
  rm(ownTemplate(data), { recursive: true, force: true });

const ownTemplate = (data: string): string =>
  packagePath(
    'dist',
    'templates',
    createHash('sha256').update(path.resolve(data)).digest('hex').slice(0, 12),
  );
