import { createHash } from 'node:crypto';
import { TemplateError } from './errors';
import { NO_VALUE, references, resolve, type Scope } from './resolve';
import type { DeployContext, DeployPlace, Identity, Services } from './resource';
import { PLACEHOLDER_TYPES, RESOURCE_TYPES } from './resource-types';
import type { Assets, ResourceTemplate, Template } from './template';

interface DeployOptions {
  readonly stack: string;
  readonly template: Template;
  readonly assets: Assets;
  readonly place: DeployPlace;
  readonly services: Services;
}

export interface Deployed {
  /** The template's outputs by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly notifications: DeployContext['notifications'];
}

/**
 * Creates the template's resources in the order of their references. Existing resources keep their data.
 * @throws TemplateError that names the resource; services throw their own errors for invalid properties
 */
export async function deploy(options: DeployOptions): Promise<Deployed> {
  const { template, place, services, assets } = options;
  const context: DeployContext = { place, services, assets, queueArns: new Set(), notifications: [] };
  const deployment = new Deployment(options, context);
  for (const logicalId of Object.keys(template.Resources)) await deployment.create(logicalId, []);
  return { outputs: deployment.outputs(), notifications: context.notifications };
}

class Deployment implements Scope {
  private readonly created = new Map<string, Identity>();
  private readonly pseudo: Readonly<Record<string, unknown>>;

  constructor(
    private readonly options: DeployOptions,
    private readonly context: DeployContext,
  ) {
    const { place, stack } = options;
    this.pseudo = {
      'AWS::AccountId': place.account,
      'AWS::Region': place.region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stack,
      'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.account}:stack/${stack}/local`,
      'AWS::NotificationARNs': [],
      'AWS::NoValue': NO_VALUE,
    };
  }

  async create(logicalId: string, path: readonly string[]): Promise<void> {
    const resource = this.options.template.Resources[logicalId];
    if (!resource || this.created.has(logicalId)) return;
    if (path.includes(logicalId)) {
      throw new TemplateError(logicalId, `depends on itself: ${[...path, logicalId].join(' -> ')}`);
    }
    if (resource.Condition !== undefined && !this.condition(resource.Condition)) return;
    for (const other of [...references(resource.Properties), ...resource.DependsOn]) {
      if (other !== logicalId) await this.create(other, [...path, logicalId]);
    }
    this.created.set(logicalId, await this.createOne(logicalId, resource));
  }

  outputs(): Record<string, string> {
    const active = Object.entries(this.options.template.Outputs).filter(
      ([, { Condition }]) => Condition === undefined || this.condition(Condition),
    );
    return Object.fromEntries(
      active.map(([name, { Value }]) => [name, String(resolve(Value, this, `Outputs.${name}`))]),
    );
  }

  ref(name: string): unknown {
    if (Object.hasOwn(this.pseudo, name)) return this.pseudo[name];
    return this.options.template.Parameters[name]?.Default ?? this.created.get(name)?.ref;
  }

  getAtt(logicalId: string, attribute: string): unknown {
    return this.created.get(logicalId)?.attributes[attribute];
  }

  condition(name: string): boolean {
    const condition = this.options.template.Conditions[name];
    if (condition === undefined) throw new TemplateError(`Conditions.${name}`, 'there is no such condition');
    return Boolean(resolve(condition, this, `Conditions.${name}`));
  }

  availabilityZones(): string[] {
    return ['a', 'b', 'c'].map((zone) => `${this.options.place.region}${zone}`);
  }

  private async createOne(logicalId: string, { Type, Properties }: ResourceTemplate): Promise<Identity> {
    const where = `${logicalId} (${Type})`;
    const idPrefix = PLACEHOLDER_TYPES[Type];
    if (idPrefix !== undefined) return placeholderResource(idPrefix, Type, logicalId, this.options);
    const type = RESOURCE_TYPES.get(Type);
    if (!type) throw new TemplateError(where, 'resources of this type are not supported locally');
    const request = {
      where,
      defaultName: `${this.options.stack}-${logicalId}`,
      properties: resolve(Properties, this, logicalId),
    };
    return type.create(request, this.context);
  }
}

/** A resource without a local implementation: a deterministic id, and ARNs in its service's format. */
function placeholderResource(
  idPrefix: string,
  type: string,
  logicalId: string,
  { stack, place }: DeployOptions,
): Identity {
  const id = `${idPrefix}-${createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, 17)}`;
  const service = (type.split('::')[1] ?? '').toLowerCase();
  const region = service === 'iam' ? '' : place.region;
  const attributes = new Proxy<Record<string, string>>(
    {},
    {
      get: (_, attribute) =>
        String(attribute).endsWith('Arn')
          ? `arn:aws:${service}:${region}:${place.account}:${idPrefix}/${id}`
          : id,
    },
  );
  return { ref: id, attributes };
}
