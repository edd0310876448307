/** What `docker build` is given: dist/image, beside the tasks' bundles. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What the bundles load at run time. */
const MODULES = ['@duckdb/node-api'];

/** Writes the context's Dockerfile, package.json and package-lock.json; the bundles are there by themselves. */
export function writeContext(directory) {
  mkdirSync(directory, { recursive: true });
  cpSync('runtime/Dockerfile', path.join(directory, 'Dockerfile'));
  // Source maps are for us; they would be two thirds of the context.
  writeFileSync(path.join(directory, '.dockerignore'), '*.map\n');
  const { package: json, lock } = imagePackage(
    JSON.parse(readFileSync('package.json', 'utf8')),
    JSON.parse(readFileSync('package-lock.json', 'utf8')),
  );
  write(path.join(directory, 'package.json'), json);
  write(path.join(directory, 'package-lock.json'), lock);
}

/**
 * The project's own lockfile without all that the image does not need: the same versions, with the same hashes, for
 * every platform.
 * @throws where the lockfile holds a package in two versions, of which it says by nesting who gets which
 */
function imagePackage({ name, version, license, dependencies }, { lockfileVersion, packages }) {
  const wanted = {};
  const visit = (module) => {
    const place = `node_modules/${module}`;
    if (wanted[place]) return;
    const nested = Object.keys(packages).filter((other) => other.endsWith(`/${place}`));
    if (nested.length > 0)
      throw new Error(`package-lock.json holds ${module} more than once: ${nested.join(', ')}`);
    // `dev` and `peer` say who else needs it.
    const { dev, devOptional, peer, ...entry } = packages[place] ?? {};
    if (!entry.integrity) throw new Error(`package-lock.json holds no hash of ${module}`);
    wanted[place] = entry;
    for (const next of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) visit(next);
  };
  for (const module of MODULES) visit(module);
  const root = {
    name: `${name}-tasks`,
    version,
    license,
    dependencies: Object.fromEntries(MODULES.map((module) => [module, dependencies[module]])),
  };
  return {
    package: { ...root, private: true },
    lock: {
      name: root.name,
      version,
      lockfileVersion,
      requires: true,
      packages: {
        '': root,
        ...Object.fromEntries(Object.entries(wanted).sort(([a], [b]) => (a < b ? -1 : 1))),
      },
    },
  };
}

const write = (file, value) => writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
