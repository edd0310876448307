import type { SNSClient } from '@aws-sdk/client-sns';
import { z } from 'zod';
import type { HttpApis } from '../apigateway/http-apis';
import type { DynamoDbService } from '../dynamodb/service';
import type { EcsTasks } from '../ecs/tasks';
import type { EmrServerless } from '../emrserverless/applications';
import type { EventBus } from '../events/bus';
import { CannotAssumeRoleError, PolicyError } from '../iam/errors';
import type { Iam } from '../iam/iam';
import type { KinesisService } from '../kinesis/service';
import type { EventSourceMappings } from '../lambda/event-sources/event-source-mappings';
import type { LambdaFunctions } from '../lambda/functions';
import type { Place } from '../place';
import type { S3Service } from '../s3/service';
import type { Scheduler } from '../scheduler/scheduler';
import type { TimedSchedules } from '../scheduler/timed-schedules';
import type { SecretsService } from '../secretsmanager/service';
import type { SnsService } from '../sns/service';
import type { SqsService } from '../sqs/service';
import type { StatesService } from '../stepfunctions/service';
import { TemplateError } from './errors';
import type { Assets } from './template';

export interface DeployPlace extends Place {
  /** `http://127.0.0.1:4566` */
  readonly endpoint: string;
}

export interface Services {
  readonly iam: Iam;
  readonly s3: S3Service;
  readonly sqs: SqsService;
  readonly sns: SnsService;
  /** SNS through the endpoint, for operations that only its API provides. */
  readonly snsClient: () => SNSClient;
  readonly dynamodb: DynamoDbService;
  readonly secrets: SecretsService;
  readonly functions: LambdaFunctions;
  readonly kinesis: KinesisService;
  readonly eventSources: EventSourceMappings;
  readonly httpApis: HttpApis;
  readonly tasks: EcsTasks;
  readonly emrServerless: EmrServerless;
  readonly states: StatesService;
  readonly scheduler: Scheduler;
  readonly timedSchedules: TimedSchedules;
  readonly events: EventBus;
}

export interface DeployContext {
  readonly place: DeployPlace;
  readonly services: Services;
  readonly assets: Assets;
  /** The ARNs of the queues deployed so far. */
  readonly queueArns: Set<string>;
  /** Buckets with a notification configuration. */
  readonly notifications: { readonly bucket: string; readonly queueArn: string }[];
}

/** The results of Ref and Fn::GetAtt for a resource. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

interface ResourceRequest<Properties> {
  /** `Resource <logical id>`, for messages. */
  readonly where: string;
  /** Used if the template does not name the resource. */
  readonly defaultName: string;
  readonly properties: Properties;
}

/** Deploys one type of resource. DeployContext over an existing resource must keep its data. */
export interface ResourceType {
  readonly type: string;
  create(request: ResourceRequest<unknown>, context: DeployContext): Promise<Identity>;
}

/**
 * A type whose properties are validated first; properties that are not in its schema have no effect locally. Errors in
 * policies and roles become TemplateErrors.
 */
export function resourceType<Schema extends z.ZodType>(
  type: string,
  schema: Schema,
  create: (request: ResourceRequest<z.infer<Schema>>, context: DeployContext) => Promise<Identity> | Identity,
): ResourceType {
  return {
    type,
    async create(request, context) {
      const parsed = schema.safeParse(request.properties);
      if (!parsed.success) throw new TemplateError(request.where, z.prettifyError(parsed.error));
      try {
        return await create({ ...request, properties: parsed.data }, context);
      } catch (error) {
        const isFault = error instanceof PolicyError || error instanceof CannotAssumeRoleError;
        throw isFault ? new TemplateError(request.where, error.message) : error;
      }
    },
  };
}
