import path from 'node:path';
import { packagePath } from '../../package-path';
import type { TemplateResource } from '../builders/changed-template';

/** The file in a changed template's directory that holds by how many milliseconds its functions and tasks are ahead. */
export const aheadFile = (template: string): string => path.join(template, 'ahead');

/** Lets the clocks of functions and tasks be put forward, as those of queue and bucket are (test/crash/ahead.cjs). */
export function setClocks(resources: Record<string, TemplateResource>, file: string): void {
  const variables = {
    NODE_OPTIONS: `--require ${packagePath('test', 'crash', 'ahead.cjs')}`,
    DAYBOOK_CRASH_AHEAD: file,
  };
  for (const { Type, Properties } of Object.values(resources)) {
    if (Type === 'AWS::Lambda::Function') Object.assign(Properties.Environment.Variables, variables);
    for (const container of Type === 'AWS::ECS::TaskDefinition' ? Properties.ContainerDefinitions : [])
      container.Environment.push(...Object.entries(variables).map(([Name, Value]) => ({ Name, Value })));
  }
}
