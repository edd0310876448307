#!/usr/bin/env node
/**
 * Builds what runs: bundles of every Lambda, task, the command line and the CDK app, then the template.
 *
 *   dist/lambda/<name>/index.js   a Lambda's asset directory
 *   dist/image/                   what `docker build` is given: the tasks' bundles, the Dockerfile, a lockfile
 *   dist/cli/, dist/local/        the daybook command and what it starts
 *   dist/console/                 the console's page
 *   cdk.out/                      the synthesized template (unless --no-template)
 *
 * --only NAME builds the one bundle of that name.
 * --definitions FILE builds with another module in place of catalog/definitions.ts, without the console's page.
 * --to DIR builds below another directory, which needs a node_modules; the default is the project's own.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { build as buildPage } from 'vite';
import { writeContext } from './image/context.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    'no-template': { type: 'boolean', default: false },
    definitions: { type: 'string' },
    to: { type: 'string', default: '.' },
  },
});

/** Loaded from node_modules at run time: native code, or packages that find their own files. */
const EXTERNAL = [
  '@duckdb/node-api',
  '@duckdb/node-bindings',
  'dynalite',
  'aws-local-stepfunctions',
  'aws-cdk-lib',
  'aws-cdk-lib/*',
  'constructs',
];

const BUNDLES = [
  {
    name: 'orchestrate',
    from: 'tasks/orchestrate/orchestrate.lambda.ts',
    to: 'dist/lambda/orchestrate/index.js',
  },
  { name: 'move', from: 'tasks/move/move.lambda.ts', to: 'dist/lambda/move/index.js' },
  { name: 'settle', from: 'tasks/settle/settle.lambda.ts', to: 'dist/lambda/settle/index.js' },
  { name: 'validate', from: 'tasks/validate/validate.task.ts', to: 'dist/image/validate.cjs' },
  { name: 'stage', from: 'tasks/stage/stage.task.ts', to: 'dist/image/stage.cjs' },
  { name: 'transform', from: 'tasks/refresh/refresh.task.ts', to: 'dist/image/transform.cjs' },
  { name: 'maintain', from: 'tasks/maintain/maintain.task.ts', to: 'dist/image/maintain.cjs' },
  { name: 'cli', from: 'cli/daybook.ts', to: 'dist/cli/daybook.cjs' },
  {
    name: 'lambda-runtime',
    from: 'packages/local-aws/src/lambda/runtime.ts',
    to: 'dist/local/lambda-runtime.cjs',
  },
  { name: 'code-cache', from: 'packages/local-aws/src/code-cache.ts', to: 'dist/local/code-cache.cjs' },
  {
    name: 'parent-watch',
    from: 'packages/local-aws/src/ecs/parent-watch.ts',
    to: 'dist/local/parent-watch.cjs',
  },
  { name: 'generate', from: 'fixtures/generate.ts', to: 'dist/fixtures/generate.cjs' },
  { name: 'bench', from: 'bench/bench.ts', to: 'dist/bench/bench.cjs' },
  { name: 'bench-floor', from: 'bench/floor/floor.ts', to: 'dist/bench/floor.cjs' },
  { name: 'bench-usage', from: 'bench/record-usage.ts', to: 'dist/bench/record-usage.cjs' },
  { name: 'fuzz', from: 'test/hostile/fuzz.ts', to: 'dist/hostile/fuzz.cjs' },
  { name: 'infra', from: 'infra/app.ts', to: 'dist/infra/app.cjs' },
];

const otherDefinitions = {
  name: 'definitions',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/definitions$/ }, ({ importer }) =>
      importer === path.resolve('catalog/catalog.ts')
        ? { path: path.resolve(options.definitions) }
        : undefined,
    ),
};

const wanted = BUNDLES.filter((bundle) => (options.only ? bundle.name === options.only : true));
if (wanted.length === 0)
  throw new Error(`no bundle is named ${options.only}; there are ${BUNDLES.map((b) => b.name).join(', ')}`);

await Promise.all(
  wanted.map(({ from, to }) =>
    build({
      entryPoints: [from],
      outfile: path.join(options.to, to),
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external: EXTERNAL,
      loader: { '.sql': 'text' },
      plugins: options.definitions ? [otherDefinitions] : [],
      keepNames: true,
      sourcemap: 'linked',
      logLevel: 'warning',
      // The SDK's notice about Node 20 is for us, not for a user's screen.
      banner: { js: "process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';" },
    }),
  ),
);

// Of bundles that are no more.
rmSync(path.join(options.to, 'dist/code-cache'), { recursive: true, force: true });

if (!options.definitions && (!options.only || options.only === 'console'))
  await buildPage({ configFile: 'console/vite.config.mjs' });

if (!options.only) {
  writeContext(path.join(options.to, 'dist/image'));
  if (!options['no-template']) {
    // Beside the old one, then in its place: a pipeline that runs may be reading it.
    const template = path.resolve(options.to, 'cdk.out');
    const fresh = `${template}.${process.pid}`;
    // CDK's own validation takes six times as long as the rest; `npm run synth` and a test have it.
    const env = { ...process.env, CDK_OUTDIR: fresh, CDK_VALIDATION: 'false' };
    execFileSync(process.execPath, [path.join(options.to, 'dist/infra/app.cjs')], { stdio: 'inherit', env });
    rmSync(template, { recursive: true, force: true });
    renameSync(fresh, template);
    if (!existsSync(path.join(template, 'Daybook.template.json')))
      throw new Error(`synthesis wrote no ${template}/Daybook.template.json`);
  }
}
