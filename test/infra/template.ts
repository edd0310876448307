import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type DaybookProps, DaybookStack } from '../../infra/daybook-stack';

/** The synthesized template of a deployment with a prefix; the assets are those that `npm run build` made. */
export function synthesize(prefix = '', more: Partial<DaybookProps> = {}): Template {
  const outdir = mkdtempSync(path.join(tmpdir(), 'daybook-synth-'));
  try {
    const app = new App({
      analyticsReporting: false,
      // Five seconds, for what nag.test.ts asks once.
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
