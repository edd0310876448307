import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
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
  // The project's root, as for the module that knows where the project is.
  const root = fileURLToPath(new URL('..', import.meta.url));
  const run = new Function('module', 'exports', 'require', '__dirname', outputFiles[0].text);
  run(module, module.exports, createRequire(import.meta.url), root);
  return module.exports;
}
