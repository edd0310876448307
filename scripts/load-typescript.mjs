import { createRequire } from 'node:module';
import { buildSync } from 'esbuild';

/** The exports of a TypeScript module, for scripts that run before anything is built. */
export function loadTypescript(file) {
  const { outputFiles } = buildSync({
    entryPoints: [file],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    loader: { '.sql': 'text' },
  });
  const module = { exports: {} };
  const run = new Function('module', 'exports', 'require', outputFiles[0].text);
  run(module, module.exports, createRequire(import.meta.url));
  return module.exports;
}
