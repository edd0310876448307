#!/usr/bin/env node
/**
 * Makes the file system of the tasks' image, without a container engine: does what dist/image/Dockerfile says in a
 * directory, and prints how large that became. Expects a build (npm run build).
 *
 *   --platform P   linux/arm64 (default) or linux/amd64
 *   --to DIR       an empty directory, or one that is not there yet; dist/image-<architecture> by default, made anew
 *   --installed    takes the modules from node_modules instead of npm's registry, and so for this computer's platform
 *
 * On standard output it writes one line of JSON: the image's `root`, and its `workdir`, `env`, `user`, `volumes` and
 * `entrypoint`.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bytes, sizeOf } from '../sizes/measure.mjs';
import { assemble, parseDockerfile } from './dockerfile.mjs';

const CONTEXT = 'dist/image';
const { values: options } = parseArgs({
  options: {
    platform: { type: 'string', default: 'linux/arm64' },
    to: { type: 'string' },
    installed: { type: 'boolean', default: false },
  },
});
const [, architecture] = /^linux\/(arm64|amd64)$/.exec(options.platform) ?? [];
if (!architecture)
  throw new Error(`expected --platform linux/arm64 or linux/amd64, found ${options.platform}`);
if (!existsSync(path.join(CONTEXT, 'Dockerfile')))
  throw new Error(`${CONTEXT} is not there: npm run build makes it`);

const to = options.to ?? `dist/image-${architecture}`;
if (!options.to) rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
if (readdirSync(to).length > 0) throw new Error(`${to} is not empty`);

const image = assemble(parseDockerfile(readFileSync(path.join(CONTEXT, 'Dockerfile'), 'utf8')), {
  context: CONTEXT,
  to,
  variables: { TARGETARCH: architecture },
  run: (command, ...where) =>
    (options.installed && /\bnpm ci\b/.test(command) ? copyInstalled : shell)(command, ...where),
});
const { root, workdir, env, user, volumes, entrypoint } = image;
for (const name of readdirSync(path.join(root, workdir)).sort()) {
  process.stderr.write(
    `${bytes(sizeOf(path.join(root, workdir, name))).padStart(9)}  ${path.posix.join(workdir, name)}\n`,
  );
}
process.stderr.write(`${bytes(sizeOf(root)).padStart(9)}  in all, on top of the base image\n`);
process.stdout.write(
  `${JSON.stringify({ root: path.resolve(root), workdir, env, user, volumes, entrypoint })}\n`,
);

function shell(command, cwd, variables) {
  const { PATH, HOME, npm_config_cache } = process.env;
  execFileSync('/bin/sh', ['-euc', command], {
    cwd,
    env: { PATH, HOME, ...(npm_config_cache && { npm_config_cache }), ...variables },
    stdio: ['ignore', 2, 2],
  });
}

/** What `npm ci` installs, from this computer; each in the very version that the image's lockfile names. */
function copyInstalled(_command, cwd) {
  const { packages } = JSON.parse(readFileSync(path.join(cwd, 'package-lock.json'), 'utf8'));
  for (const [place, { version, optional }] of Object.entries(packages)) {
    if (place === '' || (optional && !existsSync(place))) continue;
    const installed = JSON.parse(readFileSync(path.join(place, 'package.json'), 'utf8')).version;
    if (installed !== version)
      throw new Error(`${place} is ${installed}, the lockfile says ${version}: run npm ci`);
    cpSync(place, path.join(cwd, place), { recursive: true });
  }
}
