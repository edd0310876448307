import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../domain/names';
import { packagePath } from '../package-path';
import type { Services } from './cloudformation/resource';
import { createDynamoDbService } from './dynamodb/service';
import { EcsTasks } from './ecs/tasks';
import type { LocalService } from './endpoint/service';
import { EventBus } from './events/bus';
import { executionStatusChange } from './events/execution-status-change';
import { LambdaFunctions } from './lambda/functions';
import { createLambdaService } from './lambda/service';
import { createS3Service } from './s3/service';
import { Scheduler } from './scheduler/scheduler';
import { TaskSchedules } from './scheduler/task-schedules';
import { createSnsService } from './sns/service';
import { createSqsService } from './sqs/service';
import type { Execution } from './stepfunctions/execution-store';
import { invokeFunctionIntegration } from './stepfunctions/integrations/invoke-function';
import { publishIntegration } from './stepfunctions/integrations/publish';
import { runTaskIntegration } from './stepfunctions/integrations/run-task';
import { s3Integrations } from './stepfunctions/integrations/s3';
import { createStatesService } from './stepfunctions/service';
import { createStsService } from './sts/service';

export interface LocalServicesOptions {
  readonly dataDirectory: string;
  /** Where the endpoint will answer; asked for only once it does. */
  readonly endpoint: () => string;
  /** A line for people: a failed tick, a failed target. */
  readonly log: (line: string) => void;
  /** An execution started, or ended. */
  readonly onExecution: (execution: Execution) => void;
}

export interface LocalServices extends Services {
  /** What the endpoint speaks for. */
  readonly served: readonly LocalService[];
  /** Lets go of the connections to the endpoint itself. */
  disconnect(): void;
}

/** Every service of local mode, joined as AWS joins them, nothing deployed yet. */
export async function createLocalServices(options: LocalServicesOptions): Promise<LocalServices> {
  const { dataDirectory, endpoint, log } = options;
  const place = { account: LOCAL_ACCOUNT, region: LOCAL_REGION };
  const kept = (service: string) => ({ ...place, directory: path.join(dataDirectory, service) });
  /** What a task or a function on AWS has of its environment. */
  const platform = () => ({
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_ENDPOINT_URL: endpoint(),
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });

  const sqs = await createSqsService(kept('sqs'));
  const sns = await createSnsService({ ...kept('sns'), deliver: sqs.send });
  const s3 = await createS3Service({ ...kept('s3'), deliver: (queueArn, body) => sqs.send(queueArn, body) });
  const dynamodb = await createDynamoDbService(kept('dynamodb'));
  const functions = new LambdaFunctions({
    dataDirectory,
    platform,
    runtime: packagePath('dist', 'local', 'lambda-runtime.cjs'),
  });
  const tasks = new EcsTasks({
    ...place,
    dataDirectory,
    platform,
    parentWatch: packagePath('dist', 'local', 'parent-watch.cjs'),
  });
  const events = new EventBus(functions, log);
  const scheduler = new Scheduler(functions, log);
  const taskSchedules = new TaskSchedules(tasks, log);

  const config = () => ({
    endpoint: endpoint(),
    region: LOCAL_REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const s3Client = once(() => new S3Client(config()));
  const snsClient = once(() => new SNSClient(config()));
  const states = createStatesService({
    ...kept('stepfunctions'),
    integrations: [
      runTaskIntegration(tasks),
      invokeFunctionIntegration(functions),
      publishIntegration(snsClient.get),
      ...s3Integrations(s3Client.get),
    ],
    onChange(execution) {
      options.onExecution(execution);
      events.emit(executionStatusChange(execution, place));
    },
  });

  return {
    s3,
    sqs,
    sns,
    snsClient: snsClient.get,
    dynamodb,
    functions,
    tasks,
    states,
    scheduler,
    taskSchedules,
    events,
    served: [s3, sqs, sns, dynamodb, states, createLambdaService(functions), createStsService()],
    disconnect() {
      s3Client.made()?.destroy();
      snsClient.made()?.destroy();
    },
  };
}

function once<T>(make: () => T): { get: () => T; made: () => T | undefined } {
  let made: T | undefined;
  return {
    get() {
      made ??= make();
      return made;
    },
    made: () => made,
  };
}
