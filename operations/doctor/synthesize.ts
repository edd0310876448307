import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { packagePath } from '../../package-path';
import { DeploymentError } from '../errors';
import { type Plan, planOf } from './plan';

const run = promisify(execFile);

/** Context values of a deployment, as `cdk.json` or `-c` has them. */
export type Context = Readonly<Record<string, unknown>>;

const cdkJsonSchema = z.object({ context: z.record(z.string(), z.unknown()).default({}) });

/** The context values in `cdk.json`. */
export async function readContext(file = packagePath('cdk.json')): Promise<Context> {
  return cdkJsonSchema.parse(JSON.parse(await readFile(file, 'utf8'))).context;
}

/**
 * Runs the CDK app like `cdk synth`, in a temporary directory.
 * @throws DeploymentError if the app is not built, or the context has an invalid value
 */
export async function synthesizePlan(
  context: Context,
  place: { readonly account: string; readonly region: string },
): Promise<Plan> {
  const app = packagePath('dist', 'infra', 'app.cjs');
  if (!existsSync(app)) throw new DeploymentError(`${app} does not exist; build it with: npm run build`);
  const directory = await mkdtemp(path.join(tmpdir(), 'daybook-doctor-'));
  try {
    await run(process.execPath, [app], {
      env: {
        ...process.env,
        CDK_OUTDIR: directory,
        CDK_CONTEXT_JSON: JSON.stringify(context),
        CDK_DEFAULT_ACCOUNT: place.account,
        CDK_DEFAULT_REGION: place.region,
        // It takes six times as long as the rest, and `cdk deploy` runs it.
        CDK_VALIDATION: 'false',
      },
    });
    const read = async (name: string) => JSON.parse(await readFile(path.join(directory, name), 'utf8'));
    const stackName = `${context.prefix ?? ''}Daybook`;
    return planOf(await read(`${stackName}.template.json`), await read('manifest.json'), place);
  } catch (error) {
    const { stderr } = z.object({ stderr: z.string().optional() }).parse(error);
    throw stderr === undefined ? error : new DeploymentError(faultOf(stderr));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What the app printed: the message of a fault in the context or in the contracts, or a stack. */
function faultOf(stderr: string): string {
  const printed = stderr.trim().slice(-1000);
  return /\n\s+at /.test(printed) ? `the CDK app failed: ${printed}` : printed;
}
