#!/usr/bin/env node
/**
 * Checks the import rules of .dependency-cruiser.cjs for every source file in the working directory, including type imports.
 *
 * dependency-cruiser parses TypeScript with swc here, as TypeScript 7 has no API for it. It does not tell swc which files
 * contain JSX, so this script does.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const swc = require('@swc/core');
const parseFileSync = swc.parseFileSync.bind(swc);
swc.parseFileSync = (file, options) => parseFileSync(file, { ...options, tsx: file.endsWith('.tsx') });

const { cruise } = await import('dependency-cruiser');
const { options, ...ruleSet } = require('../.dependency-cruiser.cjs');
const { output, exitCode } = await cruise(['.'], {
  ...options,
  ruleSet,
  validate: true,
  outputType: 'err',
});
process.stdout.write(`${output}\n`);
process.exitCode = exitCode > 0 ? 1 : 0;
