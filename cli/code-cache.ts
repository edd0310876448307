/**
 * Loaded first in every process (scripts/build.mjs). Caches the compiled code of bundles in dist/code-cache, which saves a third of
 * the startup time of tasks, functions and the command line. A changed bundle is compiled again.
 * Node 22 has a similar cache, NODE_COMPILE_CACHE. https://v8.dev/blog/code-caching-for-devs
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { constants, Script } from 'node:vm';

/** Smaller files compile fast enough without the cache. */
const MIN_BYTES = 500_000;
/** By then the code that startup needs is compiled. A process that is killed later leaves the cache. */
const SAVE_AFTER_MS = 1500;

interface Compiling {
  _compile(content: string, filename: string): unknown;
}

const distribution = path.dirname(__dirname);
const directory = path.join(distribution, 'code-cache');

// Only next to built bundles: anyone who can write there can also change the bundles.
if (path.basename(distribution) === 'dist') {
  const modules = Module.prototype as unknown as Compiling;
  const compile = modules._compile;
  modules._compile = function (content, filename) {
    if (content.length < MIN_BYTES) return compile.call(this, content, filename);
    return runCached(this as unknown as NodeJS.Module, content, filename);
  };
}

function runCached(module: NodeJS.Module, content: string, filename: string): unknown {
  const file = path.join(directory, keyOf(filename));
  const cachedData = readIfExists(file);
  const script = new Script(Module.wrap(content), {
    filename,
    ...(cachedData && { cachedData }),
    importModuleDynamically: constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (!cachedData || script.cachedDataRejected) save(file, script);
  const run: (...args: unknown[]) => unknown = script.runInThisContext();
  const { exports } = module;
  return run.call(exports, exports, Module.createRequire(filename), module, filename, path.dirname(filename));
}

/** Depends on content, path and Node version. */
function keyOf(filename: string): string {
  const { size, mtimeMs } = statSync(filename);
  return createHash('sha256').update(`${process.version} ${filename} ${size} ${mtimeMs}`).digest('hex');
}

function readIfExists(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Saves once, some time after startup or at exit. A failure to save is ignored. */
function save(file: string, script: Script): void {
  let isSaved = false;
  const write = () => {
    if (isSaved) return;
    isSaved = true;
    try {
      mkdirSync(directory, { recursive: true });
      const temporary = `${file}.${process.pid}`;
      writeFileSync(temporary, script.createCachedData());
      renameSync(temporary, file);
    } catch {
      // A read-only installation, or a full disk.
    }
  };
  setTimeout(write, SAVE_AFTER_MS).unref();
  process.once('exit', write);
}
