/**
 * Runs first in each of our processes (scripts/build.mjs): keeps the compiled code of bundles in dist/code-cache, which saves a third of
 * the time until a task, a function or the command runs. The same code runs, and a bundle that changed is compiled anew.
 * Node 22 has the like as NODE_COMPILE_CACHE. https://v8.dev/blog/code-caching-for-devs
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { constants, Script } from 'node:vm';

/** Smaller files compile in no time. */
const LEAST_BYTES = 500_000;
/** By then what a start needs is compiled; a process that is killed leaves it, too. */
const KEPT_AFTER_MS = 1500;

interface Compiling {
  _compile(content: string, filename: string): unknown;
}

const distribution = path.dirname(__dirname);
const directory = path.join(distribution, 'code-cache');

// Only beside what was built: whoever may write there may write the bundles.
if (path.basename(distribution) === 'dist') {
  const modules = Module.prototype as unknown as Compiling;
  const compile = modules._compile;
  modules._compile = function (content, filename) {
    if (content.length < LEAST_BYTES) return compile.call(this, content, filename);
    return runCached(this as unknown as NodeJS.Module, content, filename);
  };
}

function runCached(module: NodeJS.Module, content: string, filename: string): unknown {
  const file = path.join(directory, keyOf(filename));
  const cachedData = readIfThere(file);
  const script = new Script(Module.wrap(content), {
    filename,
    ...(cachedData && { cachedData }),
    importModuleDynamically: constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (!cachedData || script.cachedDataRejected) keep(file, script);
  const run: (...args: unknown[]) => unknown = script.runInThisContext();
  const { exports } = module;
  return run.call(exports, exports, Module.createRequire(filename), module, filename, path.dirname(filename));
}

/** Another one for another content, place or version of Node. */
function keyOf(filename: string): string {
  const { size, mtimeMs } = statSync(filename);
  return createHash('sha256').update(`${process.version} ${filename} ${size} ${mtimeMs}`).digest('hex');
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Once, a while after the start or at the exit; where it cannot be kept, nothing is lost. */
function keep(file: string, script: Script): void {
  let isKept = false;
  const write = () => {
    if (isKept) return;
    isKept = true;
    try {
      mkdirSync(directory, { recursive: true });
      const own = `${file}.${process.pid}`;
      writeFileSync(own, script.createCachedData());
      renameSync(own, file);
    } catch {
      // A read-only installation, or a full disk.
    }
  };
  setTimeout(write, KEPT_AFTER_MS).unref();
  process.once('exit', write);
}
