import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { directoryOf } from 'local-aws/testing';
import { packagePath } from '../../package-path';

export interface TemplateResource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties have no types here.
  readonly Properties: any;
}

/** The project's own template, as `npm run build` wrote it. */
export function builtTemplate(): { readonly Resources: Record<string, TemplateResource> } {
  return JSON.parse(readFileSync(packagePath('dist', 'template', 'Daybook.template.json'), 'utf8'));
}

/**
 * @param to where to; by default a directory of its own, to be removed
 * @param source the directory of the template that is changed
 * @returns a directory with the template as `change` leaves it, its assets where they are
 */
export function changedTemplate(
  change: (resources: Record<string, TemplateResource>) => void,
  to: string = directoryOf(),
  source: string = packagePath('dist', 'template'),
): string {
  const read = (name: string) => JSON.parse(readFileSync(path.join(source, name), 'utf8'));
  const template = read('Daybook.template.json');
  const assets = read('Daybook.assets.json');
  for (const { source: found } of [...Object.values(assets.files), ...Object.values(assets.dockerImages)] as {
    source: { path?: string; directory?: string };
  }[]) {
    if (found.path) found.path = path.resolve(source, found.path);
    if (found.directory) found.directory = path.resolve(source, found.directory);
  }
  change(template.Resources);
  mkdirSync(to, { recursive: true });
  writeFileSync(path.join(to, 'Daybook.template.json'), JSON.stringify(template));
  writeFileSync(path.join(to, 'Daybook.assets.json'), JSON.stringify(assets));
  return to;
}

/** As `-c smallBatchBytes` does. */
export function setSmallBatchBytes(resources: Record<string, TemplateResource>, bytes: number): void {
  const comparison = /"NumericLessThan":\d+/g;
  const machines = Object.values(resources).filter(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
  const choosing = machines.filter(({ Properties }) => Properties.DefinitionString.match(comparison));
  if (choosing.length === 0) throw new Error('no state compares with a number of bytes');
  for (const { Properties } of choosing) {
    Properties.DefinitionString = Properties.DefinitionString.replace(
      comparison,
      `"NumericLessThan":${bytes}`,
    );
  }
}
