#!/usr/bin/env node
/**
 * Builds the bundles of every Lambda function, task, the command line and the CDK app, then the template.
 *
 *   dist/lambda/<name>/index.js   the asset directory of a Lambda function
 *   dist/image/                   the context of `docker build`: the tasks' bundles, the Dockerfile, a lockfile
 *   dist/cli/, dist/local/        the daybook command and what it starts
 *   dist/console/                 the console's page
 *   dist/template/                the template that local mode deploys (unless --no-template); `cdk` writes its own to cdk.out/
 *
 * --only NAME builds a single bundle.
 * --definitions FILE replaces catalog/definitions.ts by another module, and does not build the console's page.
 * --to DIR builds in another directory, which needs a node_modules; the default is the project directory.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { build as buildPage } from 'vite';
import { writeContext } from './image/context.mjs';
import { loadTypescript } from './load-typescript.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    'no-template': { type: 'boolean', default: false },
    definitions: { type: 'string' },
    to: { type: 'string', default: '.' },
  },
});

/**
 * Loaded from node_modules at run time: native code, packages that read their own files, and the large clients that only
 * `daybook doctor` uses.
 */
const EXTERNAL = [
  '@duckdb/node-api',
  '@duckdb/node-bindings',
  'dynalite',
  'aws-local-stepfunctions',
  '@electric-sql/pglite',
  'aws-cdk-lib',
  'aws-cdk-lib/*',
  'constructs',
  '@aws-sdk/client-cloudformation',
  '@aws-sdk/client-ec2',
  '@aws-sdk/client-iam',
  '@aws-sdk/client-scheduler',
  '@aws-sdk/client-service-quotas',
  '@aws-sdk/client-ssm',
];

const CODE_CACHE = 'cli/code-cache.ts';

const BUNDLES = [
  {
    name: 'orchestrate',
    from: 'tasks/orchestrate/orchestrate.lambda.ts',
    to: 'dist/lambda/orchestrate/index.js',
  },
  { name: 'move', from: 'tasks/move/move.lambda.ts', to: 'dist/lambda/move/index.js' },
  { name: 'settle', from: 'tasks/settle/settle.lambda.ts', to: 'dist/lambda/settle/index.js' },
  { name: 'collect', from: 'tasks/collect/collect.lambda.ts', to: 'dist/lambda/collect/index.js' },
  { name: 'rates', from: 'tasks/rates/rates.lambda.ts', to: 'dist/lambda/rates/index.js' },
  { name: 'ingest', from: 'tasks/ingest/ingest.lambda.ts', to: 'dist/lambda/ingest/index.js' },
  { name: 'validate', from: 'tasks/validate/validate.task.ts', to: 'dist/image/validate.cjs' },
  { name: 'stage', from: 'tasks/stage/stage.task.ts', to: 'dist/image/stage.cjs' },
  { name: 'transform', from: 'tasks/refresh/refresh.task.ts', to: 'dist/image/transform.cjs' },
  { name: 'load', from: 'tasks/load/load.task.ts', to: 'dist/image/load.cjs' },
  { name: 'maintain', from: 'tasks/maintain/maintain.task.ts', to: 'dist/image/maintain.cjs' },
  { name: 'cli', from: 'cli/daybook.ts', to: 'dist/cli/daybook.cjs' },
  {
    name: 'lambda-runtime',
    from: 'local-aws/lambda-runtime',
    to: 'dist/local/lambda-runtime.cjs',
    inject: CODE_CACHE,
  },
  {
    name: 'parent-watch',
    from: 'local-aws/parent-watch',
    to: 'dist/local/parent-watch.cjs',
    inject: CODE_CACHE,
  },
  { name: 'query', from: 'operations/lake/query/query.process.ts', to: 'dist/local/query.cjs' },
  { name: 'pglite-server', from: 'cli/pglite/pglite-server.ts', to: 'dist/local/pglite-server.cjs' },
  { name: 'code-cache', from: CODE_CACHE, to: 'dist/local/code-cache.cjs' },
  {
    name: 'local-with-faults',
    from: 'test/builders/local-with-faults.ts',
    to: 'dist/test/local-with-faults.cjs',
  },
  { name: 'generate', from: 'fixtures/generate.ts', to: 'dist/fixtures/generate.cjs' },
  { name: 'bench', from: 'bench/bench.ts', to: 'dist/bench/bench.cjs' },
  { name: 'bench-floor', from: 'bench/floor/floor.ts', to: 'dist/bench/floor.cjs' },
  { name: 'bench-event-floor', from: 'bench/floor/events.ts', to: 'dist/bench/event-floor.cjs' },
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

/** Parses contracts and marts now, so that bundles carry what they say, and neither the files nor a YAML parser. */
const contracts = loadTypescript('catalog/contract-folder.ts').readIncludedContracts('contracts');
const { readMartFolders, NO_MARTS } = loadTypescript('catalog/mart-folder.ts');
const marts = readMartFolders(['marts'], NO_MARTS, contracts.contracts);
const includedDefinitions = {
  name: 'included-definitions',
  setup: ({ onLoad }) => {
    const replace = (module, name, value) =>
      onLoad({ filter: new RegExp(`[/\\\\]catalog[/\\\\]${module}\\.ts$`) }, () => ({
        contents: `export const ${name} = ${JSON.stringify(value)};`,
        loader: 'js',
      }));
    replace('included-contracts', 'INCLUDED', contracts);
    replace('included-marts', 'INCLUDED_MARTS', marts);
  },
};

const wanted = BUNDLES.filter((bundle) => (options.only ? bundle.name === options.only : true));
if (wanted.length === 0)
  throw new Error(`unknown bundle ${options.only}; the bundles are ${BUNDLES.map((b) => b.name).join(', ')}`);

await Promise.all(
  wanted.map(({ from, to, inject }) =>
    build({
      entryPoints: [from],
      outfile: path.join(options.to, to),
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      inject: inject ? [inject] : [],
      external: EXTERNAL,
      loader: { '.sql': 'text' },
      plugins: [includedDefinitions, ...(options.definitions ? [otherDefinitions] : [])],
      keepNames: true,
      sourcemap: 'linked',
      logLevel: 'warning',
      // Hides the SDK's warning about Node 20 from users.
      banner: { js: "process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';" },
    }),
  ),
);

// Output of bundles that no longer exist.
rmSync(path.join(options.to, 'dist/code-cache'), { recursive: true, force: true });

if (!options.definitions && (!options.only || options.only === 'console'))
  await buildPage({ configFile: 'console/vite.config.mjs' });

if (!options.only) {
  writeContext(path.join(options.to, 'dist/image'));
  if (!options['no-template']) {
    // Written next to the old template, then renamed, as a running pipeline may be reading it.
    const template = path.resolve(options.to, 'dist/template');
    const fresh = `${template}.${process.pid}`;
    // CDK's validation takes six times as long as the rest; `npm run synth` and a test run it.
    const env = { ...process.env, CDK_OUTDIR: fresh, CDK_VALIDATION: 'false' };
    execFileSync(process.execPath, [path.join(options.to, 'dist/infra/app.cjs')], { stdio: 'inherit', env });
    rmSync(template, { recursive: true, force: true });
    renameSync(fresh, template);
    if (!existsSync(path.join(template, 'Daybook.template.json')))
      throw new Error(`synthesis wrote no ${template}/Daybook.template.json`);
  }
}
