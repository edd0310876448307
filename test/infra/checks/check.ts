/** A synthesized template, as JSON. */
export interface TemplateJson {
  readonly Resources: Record<string, ResourceJson>;
}

export interface ResourceJson {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties have no types here, and a check reads many.
  readonly Properties: any;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

/** A rule that the template keeps, and ways to break it, each of which the rule must see. */
export interface Check {
  readonly rule: string;
  /** What is wrong, each with the logical id of where. */
  readonly faults: (template: TemplateJson) => string[];
  /** By what they do to a template, in words. */
  readonly breaks: Readonly<Record<string, (template: TemplateJson) => void>>;
}

export function resourcesOf(template: TemplateJson, type: string): [id: string, resource: ResourceJson][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

/** The first resource of a type, for a break to change. */
export function one(template: TemplateJson, type: string, where: (id: string) => boolean = () => true) {
  const found = resourcesOf(template, type).find(([id]) => where(id));
  if (!found) throw new Error(`there is no ${type} to break`);
  return found[1];
}

/** `id: fault` for every resource of the type that `isRight` denies. */
export function unless(
  template: TemplateJson,
  type: string,
  fault: string,
  isRight: (resource: ResourceJson, id: string) => boolean,
): string[] {
  const all = resourcesOf(template, type);
  if (all.length === 0) return [`there is no ${type}`];
  return all.filter(([id, resource]) => !isRight(resource, id)).map(([id]) => `${id}: ${fault}`);
}

export const list = <Item>(value: Item | Item[] | undefined): Item[] =>
  value === undefined ? [] : ([value].flat() as Item[]);

/** A text with what it refers to in angle brackets: `daybook-<AWS::AccountId>`. */
export function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [name, argument] = Object.entries(value)[0] ?? [];
  if (name === 'Fn::Join') return (argument[1] as unknown[]).map(flat).join(argument[0]);
  return `<${list(argument).join('.')}>`;
}
