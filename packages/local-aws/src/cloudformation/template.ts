import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { TemplateError } from './errors';

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  Condition: z.string().optional(),
});
export type ResourceTemplate = z.infer<typeof resourceSchema>;

/** Rules and Metadata are ignored. */
const templateSchema = z.object({
  Parameters: z.record(z.string(), z.object({ Default: z.unknown().optional() })).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z
    .record(z.string(), z.object({ Value: z.unknown(), Condition: z.string().optional() }))
    .default({}),
});
export type Template = z.infer<typeof templateSchema>;

const assetsSchema = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string().optional() }) })).default({}),
  dockerImages: z
    .record(z.string(), z.object({ source: z.object({ directory: z.string().optional() }) }))
    .default({}),
});

/** Paths of the template's assets by hash. */
export interface Assets {
  /** @throws TemplateError */
  file(hash: string, where: string): string;
  /** @throws TemplateError */
  image(hash: string, where: string): string;
}

/**
 * Reads a stack that `cdk synth` wrote.
 * @throws TemplateError for a missing or invalid file
 */
export function readTemplate(directory: string, stack: string): { template: Template; assets: Assets } {
  const template = read(path.join(directory, `${stack}.template.json`), templateSchema);
  const { files, dockerImages } = read(path.join(directory, `${stack}.assets.json`), assetsSchema);
  const found = (kind: string, hash: string, relative: string | undefined, where: string) => {
    if (relative !== undefined) return path.resolve(directory, relative);
    throw new TemplateError(where, `expected the hash of a ${kind} of ${stack}.assets.json, got ${hash}`);
  };
  return {
    template,
    assets: {
      file: (hash, where) => found('file', hash, files[hash]?.source.path, where),
      image: (hash, where) => found('docker image', hash, dockerImages[hash]?.source.directory, where),
    },
  };
}

function read<T>(file: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new TemplateError(
      file,
      `cannot be read: ${error instanceof Error ? error.message : error}; is the stack synthesized?`,
    );
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new TemplateError(file, z.prettifyError(parsed.error));
  return parsed.data;
}
