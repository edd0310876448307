#!/usr/bin/env node
// The daybook command: builds itself on the first call in a fresh clone, then runs the bundle.
const { existsSync } = require('node:fs');
const { execFileSync } = require('node:child_process');
const path = require('node:path');

const root = path.join(__dirname, '..');
const bundle = path.join(root, 'dist', 'cli', 'daybook.cjs');
const codeCache = path.join(root, 'dist', 'local', 'code-cache.cjs');
const template = path.join(root, 'dist', 'template', 'Daybook.template.json');
if (![bundle, codeCache, template].every(existsSync)) {
  process.stderr.write('daybook: building (first call)\n');
  execFileSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
require(codeCache);
require(bundle);
