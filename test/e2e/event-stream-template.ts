import { execFileSync } from 'node:child_process';
import { packagePath } from '../../package-path';

/** Synthesizes a template with the stream of events. @returns its directory, in dist/, from where tasks find their modules */
export function eventStreamTemplate(): string {
  const directory = packagePath('dist', 'templates', `event-stream-${process.pid}`);
  const env = {
    ...process.env,
    CDK_OUTDIR: directory,
    CDK_VALIDATION: 'false',
    CDK_CONTEXT_JSON: JSON.stringify({ eventStream: true }),
  };
  execFileSync(process.execPath, [packagePath('dist', 'infra', 'app.cjs')], { env });
  return directory;
}
