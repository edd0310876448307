import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type DaybookProps, DaybookStack } from '../../infra/daybook-stack';

/** Synthesizes the template of a deployment with a prefix. Uses the assets that `npm run build` created. */
export function synthesize(prefix = '', more: Partial<DaybookProps> = {}): Template {
  const outdir = mkdtempSync(path.join(tmpdir(), 'daybook-synth-'));
  try {
    const app = new App({
      analyticsReporting: false,
      // The validation takes five seconds, and nag.test.ts runs it once.
      builtinCloudFormationValidation: false,
      outdir,
    });
    return Template.fromStack(
      new DaybookStack(app, `${prefix}Daybook`, {
        prefix,
        reportingTimeZone: 'UTC',
        maxBadRowShare: 0.2,
        targetFileMb: 128,
        ...more,
      }),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
