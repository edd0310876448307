/** A workflow of GitHub Actions, as far as the rules look at it. */
export interface Workflow {
  readonly on: Record<string, unknown>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: unknown;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress'?: unknown };
  readonly 'timeout-minutes'?: number;
  readonly 'runs-on'?: string;
  readonly uses?: string;
  readonly steps?: readonly Step[];
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
}

const CREDENTIALS = 'aws-actions/configure-aws-credentials';

/**
 * What breaks our rules in a workflow, a sentence each.
 * @param text the workflow's source, for what stands in comments and anywhere
 * @param scripts those of package.json
 */
export function workflowFaults(workflow: Workflow, text: string, scripts: readonly string[]): string[] {
  const faults: string[] = [];
  if (workflow.permissions === undefined)
    faults.push('no permissions: the repository’s default may be to write');
  if ('pull_request_target' in workflow.on)
    faults.push('pull_request_target runs foreign code with our rights');
  for (const secret of text.match(/secrets\.\w+|secrets:|aws-(secret-)?access-key\S*|AKIA\w{16}/gi) ?? [])
    faults.push(`a secret: ${secret}`);
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const fault = (why: string) => faults.push(`${name}: ${why}`);
    for (const [scope, right] of Object.entries(job.permissions ?? {})) {
      const isToken = scope === 'id-token' && right === 'write';
      if (right !== 'read' && right !== 'none' && !isToken) fault(`permission ${scope}: ${right}`);
    }
    const uses = [job, ...(job.steps ?? [])].flatMap(({ uses }) => uses ?? []);
    for (const action of uses.filter((action) => !action.startsWith('./'))) {
      const line = text.split('\n').find((one) => one.includes(action)) ?? '';
      if (!/@[0-9a-f]{40}$/.test(action)) fault(`${action} is not pinned to a commit`);
      else if (!/# v\d+\.\d+\.\d+$/.test(line)) fault(`${action}: no version is told beside the commit`);
    }
    if (!job.uses && !job['timeout-minutes']) fault('no timeout-minutes');
    faults.push(...jobStepFaults(job, scripts).map((why) => `${name}: ${why}`));
    const takesRole = uses.some((action) => action.startsWith(CREDENTIALS));
    if (takesRole && job.permissions?.['id-token'] !== 'write') fault('takes a role without id-token: write');
    if (!takesRole && job.permissions?.['id-token']) fault('id-token: write, and no role is taken');
    if (takesRole && !job.concurrency) fault('no concurrency group');
    const isForPullRequests = job.if?.includes("event_name == 'pull_request'") ?? false;
    if (takesRole && isForPullRequests && !job.if?.includes('head.repo.full_name == github.repository'))
      fault('a fork’s pull request would ask for a role');
    if (takesRole && 'pull_request' in workflow.on && !isForPullRequests && !job.if?.includes("'push'"))
      fault('runs for pull requests too');
    const deploys = (job.steps ?? []).some(({ run }) => run?.includes('cdk deploy'));
    if (deploys && !job.environment) fault('deploys outside of an environment');
    if (deploys && job.concurrency?.['cancel-in-progress'] !== false) fault('a deployment could be cut off');
  }
  return faults;
}

function jobStepFaults({ steps = [] }: Job, scripts: readonly string[]): string[] {
  const faults: string[] = [];
  for (const { uses = '', run = '', with: inputs = {} } of steps) {
    for (const [, script = ''] of run.matchAll(/npm run (?:--silent )?([\w:-]+)/g))
      if (!scripts.includes(script)) faults.push(`npm run ${script}: no such script`);
    if (/\$\{\{\s*github\.(event|head_ref)/.test(run))
      faults.push(`what others write becomes a command: ${run}`);
    if (/\bnpm (install|i)\b/.test(run)) faults.push('npm ci keeps to the lockfile');
    if (uses.startsWith('actions/checkout@') && inputs['persist-credentials'] !== false)
      faults.push('checkout leaves its token behind');
    if (uses.startsWith(CREDENTIALS) && !String(inputs['role-to-assume'] ?? '').includes('vars.'))
      faults.push('no role from a variable');
  }
  const credentials = steps.findIndex(({ uses }) => uses?.startsWith(CREDENTIALS));
  const building = steps.findIndex(({ run }) => /npm (ci|run)/.test(run ?? ''));
  const late = steps.slice(credentials + 1).some(({ run }) => /npm (ci|run)/.test(run ?? ''));
  if (credentials >= 0 && (building < 0 || late)) faults.push('is built with credentials at hand');
  return faults;
}
