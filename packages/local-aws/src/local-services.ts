import path from 'node:path';
import { SNSClient } from '@aws-sdk/client-sns';
import { HttpApis } from './apigateway/http-apis';
import type { Services } from './cloudformation/resource';
import { createDynamoDbService } from './dynamodb/service';
import { EcsTasks } from './ecs/tasks';
import { EmrServerless } from './emrserverless/applications';
import type { LocalService } from './endpoint/service';
import { EventBus } from './events/bus';
import { executionStatusChange } from './events/execution-status-change';
import type { FaultInjection } from './fault-injection';
import type { Decision } from './iam/access';
import { Iam, refusal } from './iam/iam';
import { createKinesisService } from './kinesis/service';
import { EventSourceMappings } from './lambda/event-sources/event-source-mappings';
import { MappingStore } from './lambda/event-sources/mapping-store';
import { sourcesOf } from './lambda/event-sources/open-source';
import { LambdaFunctions } from './lambda/functions';
import { createLambdaService } from './lambda/service';
import { createLogsService } from './logs/service';
import type { Place } from './place';
import { createS3Service } from './s3/service';
import { Scheduler } from './scheduler/scheduler';
import { TimedSchedules } from './scheduler/timed-schedules';
import { createSecretsService } from './secretsmanager/service';
import { createSnsService } from './sns/service';
import { createSqsService } from './sqs/service';
import type { Execution } from './stepfunctions/execution-store';
import type { TaskContext } from './stepfunctions/integrations/integration';
import { invokeFunctionIntegration } from './stepfunctions/integrations/invoke-function';
import { publishIntegration } from './stepfunctions/integrations/publish';
import { runTaskIntegration } from './stepfunctions/integrations/run-task';
import { s3Integrations } from './stepfunctions/integrations/s3';
import { startExecutionIntegration } from './stepfunctions/integrations/start-execution';
import { startJobRunIntegration } from './stepfunctions/integrations/start-job-run';
import { RoleClients } from './stepfunctions/role-clients';
import { createStatesService, type StatesService } from './stepfunctions/service';
import { createStsService } from './sts/service';

/** Single-file bundles for Node. */
export interface ProcessBundles {
  /** Bundle of `local-aws/lambda-runtime`, which runs the handler of a function. */
  readonly lambdaRuntime: string;
  /** Bundle of `local-aws/parent-watch`, preloaded into containers so that they end with the emulator. */
  readonly parentWatch: string;
}

interface LocalServicesOptions extends Place {
  readonly dataDirectory: string;
  readonly bundles: ProcessBundles;
  /** URL of the endpoint; called only after the endpoint listens. */
  readonly endpoint: () => string;
  /** Logs failed scheduled invocations, failed targets and denied requests. */
  readonly log: (line: string) => void;
  /** Called with every IAM decision. */
  readonly onDecision?: ((decision: Decision) => void) | undefined;
  /** The upload time of objects. */
  readonly clock?: (() => Date) | undefined;
  readonly faults?: FaultInjection | undefined;
  /** Milliseconds before any retry of a state; overrides the definition. */
  readonly retryPauseMs?: number | undefined;
  /** Milliseconds until ListExecutions shows a start or an end. */
  readonly listExecutionsLagMs?: number | undefined;
  /** Called when an execution starts or ends. */
  readonly onExecution?: ((execution: Execution) => void) | undefined;
}

export interface LocalServices extends Services {
  /** The services with an HTTP API. */
  readonly served: readonly LocalService[];
  /** Closes the SDK clients' connections to the endpoint. */
  disconnect(): void;
}

/** Creates all services and their connections, without any resources. */
export async function createLocalServices(options: LocalServicesOptions): Promise<LocalServices> {
  const { account, region, dataDirectory, bundles, endpoint, log, onDecision, clock, faults } = options;
  const place = { account, region };
  const storage = (service: string) => ({ ...place, directory: path.join(dataDirectory, service) });
  /** Environment variables of the platform, as on AWS. */
  const platform = () => ({
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpoint(),
    ...faults?.variables,
  });

  const iam = new Iam({ account, log, ...(onDecision && { onDecision }) });
  const sqs = await createSqsService({ ...storage('sqs'), ...(faults && { clock: faults.clock }) });
  /** Sends a message as a service principal, subject to the queue's policy. */
  const send = async (from: string, sourceArn: string, ...message: Parameters<typeof sqs.send>) => {
    const [queueArn] = message;
    const access = { action: 'sqs:SendMessage', resource: queueArn };
    const decision = iam.decide(iam.service(from, sourceArn), access);
    if (!decision.allowed) throw new Error(refusal(decision));
    if (!faults) return sqs.send(...message);
    await faults.deliver(from, queueArn, (delay) =>
      delay === undefined ? sqs.send(...message) : sqs.sendDelayed(delay, ...message),
    );
  };
  const sns = await createSnsService({
    ...storage('sns'),
    deliver: (queueArn, body, attributes, topicArn) =>
      send('sns.amazonaws.com', topicArn, queueArn, body, attributes),
  });
  const s3 = await createS3Service({
    ...storage('s3'),
    ...((clock ?? faults) && { clock: clock ?? faults?.clock }),
    deliver: (queueArn, body, bucket) => send('s3.amazonaws.com', `arn:aws:s3:::${bucket}`, queueArn, body),
  });
  const dynamodb = await createDynamoDbService(storage('dynamodb'));
  const secrets = await createSecretsService(storage('secretsmanager'));
  const kinesis = await createKinesisService({
    ...storage('kinesis'),
    ...(faults && { clock: faults.clock }),
  });
  /** For the services that run processes. */
  const ofProcesses = {
    ...place,
    iam,
    dataDirectory,
    platform,
    parentWatch: bundles.parentWatch,
    faults,
  };
  const functions = new LambdaFunctions({ ...ofProcesses, runtime: bundles.lambdaRuntime });
  const mappings = new MappingStore(path.join(dataDirectory, 'lambda'));
  const eventSources = new EventSourceMappings({
    store: mappings,
    functions,
    open: sourcesOf(
      {
        iam,
        functions,
        faults,
        region,
        endpoint,
        now: () => (faults?.clock() ?? new Date()).getTime(),
        sendMessage: sqs.send,
        log,
      },
      { sqs, kinesis, secrets, store: mappings },
    ),
    log,
  });
  const httpApis = new HttpApis({ ...place, iam, functions, log });
  const tasks = new EcsTasks(ofProcesses);
  const emrServerless = new EmrServerless(ofProcesses);
  const events = new EventBus(functions, log);
  const scheduler = new Scheduler(functions, log);
  const timedSchedules = new TimedSchedules(tasks, functions, log);

  const actAs = ({ roleArn, stateMachineArn }: TaskContext) =>
    iam.assume(roleArn, 'states.amazonaws.com', stateMachineArn, stateMachineArn.split(':').at(-1) ?? '');
  const clients = new RoleClients({
    endpoint,
    region,
    keysOf: (context) => iam.issueKeys(actAs(context)),
  });
  const snsClient = once(
    () =>
      new SNSClient({
        endpoint: endpoint(),
        region,
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      }),
  );
  const states: StatesService = createStatesService({
    ...storage('stepfunctions'),
    integrations: [
      runTaskIntegration(tasks, iam, actAs),
      startJobRunIntegration(emrServerless, iam, actAs),
      invokeFunctionIntegration(functions, actAs),
      publishIntegration((context) => clients.of(context).sns),
      startExecutionIntegration(
        (context) => clients.of(context).sfn,
        (executionArn) => states.untilEnded(executionArn),
      ),
      ...s3Integrations((context) => clients.of(context).s3),
    ],
    retryPauseMs: options.retryPauseMs,
    listExecutionsLagMs: options.listExecutionsLagMs,
    clock: faults?.clock,
    onChange(execution) {
      faults?.executionChanged(execution);
      options.onExecution?.(execution);
      events.emit(executionStatusChange(execution, place));
    },
  });

  faults?.connect({
    resetVisibility: (queueName) => sqs.resetVisibility(queueName),
    isDelivering: () => events.isDelivering || eventSources.isBusy,
  });

  return {
    iam,
    s3,
    sqs,
    sns,
    snsClient: snsClient.get,
    dynamodb,
    secrets,
    functions,
    kinesis,
    eventSources,
    httpApis,
    tasks,
    emrServerless,
    states,
    scheduler,
    timedSchedules,
    events,
    served: [
      s3,
      sqs,
      sns,
      dynamodb,
      secrets,
      kinesis,
      states,
      createLambdaService(functions, eventSources),
      createLogsService([functions, tasks, emrServerless]),
      createStsService(iam),
      ...(faults?.services ?? []),
    ],
    disconnect() {
      clients.destroy();
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
