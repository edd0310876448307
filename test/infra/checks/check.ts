/** A synthesized template, as JSON. */
export interface TemplateJson {
  readonly Resources: Record<string, ResourceJson>;
}

export interface ResourceJson {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties have no types here, and a check reads many.
  readonly Properties: any;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

/** A rule for the template, and ways to break it that the rule must detect. */
export interface Check {
  readonly rule: string;
  /** The faults found, each with the logical id of its resource. */
  readonly faults: (template: TemplateJson) => string[];
  /** Changes that break the rule, by description. */
  readonly breaks: Readonly<Record<string, (template: TemplateJson) => void>>;
}

export function resourcesOf(template: TemplateJson, type: string): [id: string, resource: ResourceJson][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

/** The first matching resource of a type, for a break to change. */
export function one(template: TemplateJson, type: string, where: (id: string) => boolean = () => true) {
  const found = resourcesOf(template, type).find(([id]) => where(id));
  if (!found) throw new Error(`there is no ${type} to break`);
  return found[1];
}

/** `id: fault` for every resource of the type that is not valid. */
export function violations(
  template: TemplateJson,
  type: string,
  fault: string,
  isValid: (resource: ResourceJson, id: string) => boolean,
): string[] {
  const all = resourcesOf(template, type);
  if (all.length === 0) return [`there is no ${type}`];
  return all.filter(([id, resource]) => !isValid(resource, id)).map(([id]) => `${id}: ${fault}`);
}

export const list = <Item>(value: Item | Item[] | undefined): Item[] =>
  value === undefined ? [] : ([value].flat() as Item[]);

/** A string with its references in angle brackets: `daybook-<AWS::AccountId>`. */
export function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [name, argument] = Object.entries(value)[0] ?? [];
  if (name === 'Fn::Join') return (argument[1] as unknown[]).map(flat).join(argument[0]);
  return `<${list(argument).join('.')}>`;
}
