import { z } from 'zod';
import { TemplateError } from '../errors';
import { resourceType } from '../resource';

const propertiesSchema = z.object({
  StateMachineName: z.string().optional(),
  StateMachineType: z.literal('STANDARD').default('STANDARD'),
  RoleArn: z.string(),
  DefinitionString: z.string(),
  DefinitionSubstitutions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

export const stateMachine = resourceType(
  'AWS::StepFunctions::StateMachine',
  propertiesSchema,
  ({ properties, where, defaultName }, { place, services }) => {
    const name = properties.StateMachineName ?? defaultName;
    const definition = substitute(
      properties.DefinitionString,
      properties.DefinitionSubstitutions,
      `${where}.DefinitionSubstitutions`,
    );
    services.states.deployStateMachine({ name, roleArn: properties.RoleArn, definition });
    const arn = `arn:aws:states:${place.region}:${place.account}:stateMachine:${name}`;
    return { ref: arn, attributes: { Arn: arn, Name: name } };
  },
);

/** `${Name}` in the definition. @throws TemplateError for a name without a value, and for a value without a use */
function substitute(
  definition: string,
  values: Readonly<Record<string, string | number | boolean>>,
  where: string,
): string {
  const used = new Set<string>();
  const text = definition.replace(/\$\{([A-Za-z0-9_]+)\}/g, (_, name: string) => {
    used.add(name);
    const value = values[name];
    if (value === undefined)
      throw new TemplateError(where, `the definition uses \${${name}}, which has no value`);
    return String(value);
  });
  const unused = Object.keys(values).filter((name) => !used.has(name));
  if (unused.length > 0) throw new TemplateError(where, `the definition does not use ${unused.join(', ')}`);
  return text;
}
