import { createHash } from 'node:crypto';
import { z } from 'zod';
import { corsSchema } from '../../apigateway/cors';
import { parseRoute } from '../../apigateway/routes';
import { ACCOUNT_LIMITS } from '../../apigateway/throttle';
import { TemplateError } from '../errors';
import { type DeployContext, resourceType } from '../resource';

export const httpApi = resourceType(
  'AWS::ApiGatewayV2::Api',
  z.strictObject({
    Name: z.string(),
    ProtocolType: z.literal('HTTP', { error: 'only HTTP APIs are supported locally' }),
    Description: z.string().optional(),
    CorsConfiguration: corsSchema.optional(),
    DisableExecuteApiEndpoint: z.literal(false).optional(),
    Tags: z.unknown().optional(),
  }),
  ({ properties, defaultName }, { place, services }) => {
    const id = createHash('sha256').update(defaultName).digest('hex').slice(0, 10);
    const path = services.httpApis.putApi(id, properties.CorsConfiguration);
    return { ref: id, attributes: { ApiId: id, ApiEndpoint: `${place.endpoint}${path}` } };
  },
);

/** A function as IntegrationUri: its ARN, or the path of its invocation. */
const FUNCTION = /^(?:arn:aws:apigateway:.*\/functions\/)?(arn:aws:lambda:[^/]+)(?:\/invocations)?$/;

export const httpIntegration = resourceType(
  'AWS::ApiGatewayV2::Integration',
  z.strictObject({
    ApiId: z.string(),
    IntegrationType: z.literal('AWS_PROXY', { error: 'only functions (AWS_PROXY) are supported locally' }),
    IntegrationUri: z.string().regex(FUNCTION, 'expected the ARN of a function'),
    IntegrationMethod: z.string().optional(),
    PayloadFormatVersion: z.literal('2.0', { error: 'only the payload format 2.0 is supported locally' }),
    TimeoutInMillis: z.number().int().min(50).max(30_000).default(30_000),
    Description: z.string().optional(),
  }),
  ({ properties, where, defaultName }, { services }) => {
    const id = createHash('sha256').update(defaultName).digest('hex').slice(0, 7);
    const functionArn = FUNCTION.exec(properties.IntegrationUri)?.[1] ?? '';
    apiOf(properties.ApiId, where, services).integrations.set(id, {
      functionArn,
      timeoutMs: properties.TimeoutInMillis,
    });
    return { ref: id, attributes: { IntegrationId: id } };
  },
);

export const httpRoute = resourceType(
  'AWS::ApiGatewayV2::Route',
  z.strictObject({
    ApiId: z.string(),
    RouteKey: z.string(),
    Target: z.string().regex(/^integrations\/.+$/, 'expected integrations/ID'),
    AuthorizationType: z.literal('NONE', { error: 'authorizers are not supported locally' }).optional(),
    OperationName: z.string().optional(),
  }),
  ({ properties, where, defaultName }, { services }) => {
    const { ApiId, RouteKey, Target } = properties;
    const api = apiOf(ApiId, where, services);
    const integrationId = Target.slice('integrations/'.length);
    if (!api.integrations.has(integrationId)) {
      throw new TemplateError(
        `${where}.Target`,
        `there is no integration ${integrationId} of the API ${ApiId}`,
      );
    }
    try {
      api.routes.set(RouteKey, parseRoute(RouteKey, integrationId));
    } catch (error) {
      throw error instanceof RangeError ? new TemplateError(`${where}.RouteKey`, error.message) : error;
    }
    return { ref: defaultName, attributes: { RouteId: defaultName } };
  },
);

const settingsSchema = z.object({
  ThrottlingRateLimit: z.number().positive().optional(),
  ThrottlingBurstLimit: z.number().int().positive().optional(),
});

/** Access logs and metrics have no effect locally. */
export const httpStage = resourceType(
  'AWS::ApiGatewayV2::Stage',
  z.object({
    ApiId: z.string(),
    StageName: z.string(),
    AutoDeploy: z.literal(true, { error: 'expected true: deployments are not supported locally' }),
    DefaultRouteSettings: settingsSchema.optional(),
    RouteSettings: z.record(z.string(), settingsSchema).default({}),
    StageVariables: z.record(z.string(), z.string()).default({}),
  }),
  ({ properties, where }, { services }) => {
    const { ApiId, StageName, DefaultRouteSettings, RouteSettings, StageVariables } = properties;
    const limits = limitsOf(DefaultRouteSettings, ACCOUNT_LIMITS);
    apiOf(ApiId, where, services).stages.set(StageName, {
      name: StageName,
      variables: StageVariables,
      limits,
      limitsByRoute: new Map(Object.entries(RouteSettings).map(([key, own]) => [key, limitsOf(own, limits)])),
    });
    return { ref: StageName, attributes: {} };
  },
);

function limitsOf(settings: z.infer<typeof settingsSchema> = {}, standard = ACCOUNT_LIMITS) {
  return {
    rate: settings.ThrottlingRateLimit ?? standard.rate,
    burst: settings.ThrottlingBurstLimit ?? standard.burst,
  };
}

function apiOf(id: string, where: string, services: DeployContext['services']) {
  const api = services.httpApis.find(id);
  if (api) return api;
  throw new TemplateError(`${where}.ApiId`, `there is no HTTP API ${id}`);
}
