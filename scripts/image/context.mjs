/** The context of `docker build`: dist/image, with the tasks' bundles. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The packages that the bundles load at run time. */
const MODULES = ['@duckdb/node-api'];

/** Writes the context's Dockerfile, package.json and package-lock.json, next to the bundles. */
export function writeContext(directory) {
  mkdirSync(directory, { recursive: true });
  cpSync('runtime/Dockerfile', path.join(directory, 'Dockerfile'));
  // Source maps are not needed at run time, and would be two thirds of the context.
  writeFileSync(path.join(directory, '.dockerignore'), '*.map\n');
  const { package: json, lock } = imagePackage(
    JSON.parse(readFileSync('package.json', 'utf8')),
    JSON.parse(readFileSync('package-lock.json', 'utf8')),
  );
  write(path.join(directory, 'package.json'), json);
  write(path.join(directory, 'package-lock.json'), lock);
}

/**
 * The project's lockfile, reduced to the packages of the image: the same versions with the same hashes, for every platform.
 * @throws if the lockfile has two versions of a package, nested by dependent
 */
function imagePackage({ name, version, license, dependencies }, { lockfileVersion, packages }) {
  const wanted = {};
  const visit = (module) => {
    const place = `node_modules/${module}`;
    if (wanted[place]) return;
    const nested = Object.keys(packages).filter((other) => other.endsWith(`/${place}`));
    if (nested.length > 0)
      throw new Error(`package-lock.json has ${module} more than once: ${nested.join(', ')}`);
    // `dev` and `peer` refer to other dependents.
    const { dev, devOptional, peer, ...entry } = packages[place] ?? {};
    if (!entry.integrity) throw new Error(`package-lock.json has no hash for ${module}`);
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
