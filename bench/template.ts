import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { catalog } from '../catalog/catalog';
import type { MartSet } from '../catalog/mart-folder';
import { MARTS_FILE } from '../catalog/marts-in-use';
import { packagePath } from '../package-path';

interface TemplateJson {
  Resources: Record<
    string,
    {
      Type: string;
      Properties?: {
        ContainerDefinitions?: { Environment?: { Name: string; Value: unknown }[] }[];
        DefinitionString?: string;
        DefinitionSubstitutions?: Record<string, unknown>;
      };
    }
  >;
}

interface AssetsJson {
  files: Record<string, { source: { path?: string } }>;
  dockerImages: Record<string, { source: { directory?: string } }>;
}

const STACK = 'Daybook';

/** A template whose tasks run on Spark, and where Spark writes its event logs to. */
interface SparkTemplate {
  readonly source: string;
  readonly eventLogs?: string;
}

/**
 * Copies the synthesized template into a directory, with variables added to or replaced in every container. It differs from the
 * template on AWS only in that no batch is small, so that each task is a separate process whose usage can be measured.
 *
 * @param place functions: small batches run in them all the same
 */
export function writeTemplate(
  directory: string,
  variables: Readonly<Record<string, string>>,
  { onSpark, functions }: { readonly onSpark: SparkTemplate | undefined; readonly functions: boolean },
): void {
  const { source, eventLogs }: SparkTemplate = onSpark ?? { source: packagePath('dist', 'template') };
  const template: TemplateJson = read(path.join(source, `${STACK}.template.json`));
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (!functions && Properties?.DefinitionString !== undefined) {
      Properties.DefinitionString = Properties.DefinitionString.replace(
        /"NumericLessThan":\d+/g,
        '"NumericLessThan":0',
      );
    }
    const substitutions = Properties?.DefinitionSubstitutions;
    if (eventLogs !== undefined && substitutions?.SparkSubmitParameters !== undefined)
      substitutions.SparkSubmitParameters += ` --conf spark.eventLog.enabled=true --conf spark.eventLog.rolling.enabled=false --conf spark.eventLog.dir=file://${eventLogs}`;
    if (Type !== 'AWS::ECS::TaskDefinition') continue;
    for (const container of Properties?.ContainerDefinitions ?? []) {
      const kept = (container.Environment ?? []).filter(({ Name }) => !Object.hasOwn(variables, Name));
      const added = Object.entries(variables).map(([Name, Value]) => ({ Name, Value }));
      container.Environment = [...kept, ...added];
    }
  }
  const assets: AssetsJson = read(path.join(source, `${STACK}.assets.json`));
  for (const { source: file } of Object.values(assets.files))
    if (file.path !== undefined) file.path = path.resolve(source, file.path);
  for (const { source: image } of Object.values(assets.dockerImages))
    if (image.directory !== undefined) image.directory = path.resolve(source, image.directory);
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, `${STACK}.template.json`), JSON.stringify(template));
  writeFileSync(path.join(directory, `${STACK}.assets.json`), JSON.stringify(assets));
}

/** Lets the tasks of a copied template compute only these marts, as for a deployment that has its own. */
export function keepMarts(directory: string, names: readonly string[]): void {
  const file = path.join(directory, `${STACK}.assets.json`);
  const assets: AssetsJson = read(file);
  // Where the bundles find DuckDB.
  symlinkSync(packagePath('node_modules'), path.join(directory, 'node_modules'));
  for (const [id, { source }] of Object.entries(assets.dockerImages)) {
    const image = path.join(directory, id);
    cpSync(source.directory ?? '', image, { recursive: true });
    const marts = catalog.marts.filter(({ name }) => names.includes(name));
    const set: MartSet = { marts, folders: Object.fromEntries(marts.map(({ name }) => [name, image])) };
    writeFileSync(path.join(image, MARTS_FILE), JSON.stringify(set));
    source.directory = image;
  }
  writeFileSync(file, JSON.stringify(assets));
}

function read<Json>(file: string): Json {
  return JSON.parse(readFileSync(file, 'utf8'));
}
