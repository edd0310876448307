import type { SNSClient } from '@aws-sdk/client-sns';
import { z } from 'zod';
import type { DynamoDbService } from '../dynamodb/service';
import type { EcsTasks } from '../ecs/tasks';
import type { EventBus } from '../events/bus';
import { CannotAssumeRoleError, PolicyError } from '../iam/errors';
import type { Iam } from '../iam/iam';
import type { LambdaFunctions } from '../lambda/functions';
import type { Place } from '../place';
import type { S3Service } from '../s3/service';
import type { Scheduler } from '../scheduler/scheduler';
import type { TaskSchedules } from '../scheduler/task-schedules';
import type { SnsService } from '../sns/service';
import type { SqsService } from '../sqs/service';
import type { StatesService } from '../stepfunctions/service';
import { TemplateError } from './errors';
import type { Assets } from './template';

/** Where a stack is deployed to. */
export interface DeployPlace extends Place {
  /** `http://127.0.0.1:4566` */
  readonly endpoint: string;
}

/** What resources are created in. */
export interface Services {
  readonly iam: Iam;
  readonly s3: S3Service;
  readonly sqs: SqsService;
  readonly sns: SnsService;
  /** SNS through the endpoint, for what only its API does. */
  readonly snsClient: () => SNSClient;
  readonly dynamodb: DynamoDbService;
  readonly functions: LambdaFunctions;
  readonly tasks: EcsTasks;
  readonly states: StatesService;
  readonly scheduler: Scheduler;
  readonly taskSchedules: TaskSchedules;
  readonly events: EventBus;
}

export interface Deploying {
  readonly place: DeployPlace;
  readonly services: Services;
  readonly assets: Assets;
  /** The ARNs of the queues deployed so far. */
  readonly queueArns: Set<string>;
  /** The buckets that tell a queue of what arrives. */
  readonly notifications: { readonly bucket: string; readonly queueArn: string }[];
}

/** What Ref and Fn::GetAtt give of a resource. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ResourceRequest<Properties> {
  /** `Resource <logical id>`, for messages. */
  readonly where: string;
  /** For a resource that the template gives no name. */
  readonly defaultName: string;
  readonly properties: Properties;
}

/** How one type of resource is deployed. Deploying it again, over what is there, must keep what it holds. */
export interface ResourceType {
  readonly type: string;
  create(request: ResourceRequest<unknown>, deploying: Deploying): Promise<Identity>;
}

/**
 * A type whose properties are checked first; those that its schema does not name have no effect locally. Policies and
 * roles that it cannot work with are faults of the template.
 */
export function resourceType<Schema extends z.ZodType>(
  type: string,
  schema: Schema,
  create: (request: ResourceRequest<z.infer<Schema>>, deploying: Deploying) => Promise<Identity> | Identity,
): ResourceType {
  return {
    type,
    async create(request, deploying) {
      const parsed = schema.safeParse(request.properties);
      if (!parsed.success) throw new TemplateError(request.where, z.prettifyError(parsed.error));
      try {
        return await create({ ...request, properties: parsed.data }, deploying);
      } catch (error) {
        const isFault = error instanceof PolicyError || error instanceof CannotAssumeRoleError;
        throw isFault ? new TemplateError(request.where, error.message) : error;
      }
    },
  };
}
