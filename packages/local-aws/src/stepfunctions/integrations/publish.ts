import { PublishCommand, PublishInput$, type SNSClient, SNSServiceException } from '@aws-sdk/client-sns';
import type { Integration, TaskContext } from './integration';
import { answerAsJson, inputFields, sdkFailure } from './sdk-call';

const SERVICE = { prefix: 'SNS', title: 'AmazonSNS', base: 'AmazonSNSException' };

/**
 * `sns:publish`. A message that is not a string is sent as JSON text.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html
 */
export function publishIntegration(clientOf: (context: TaskContext) => SNSClient): Integration {
  return {
    resource: 'arn:aws:states:::sns:publish',
    parameters: inputFields(PublishInput$),
    async run(parameters, context) {
      const { signal, stateName } = context;
      const { Message } = parameters;
      const command = new PublishCommand({
        ...parameters,
        Message: typeof Message === 'string' ? Message : JSON.stringify(Message),
      });
      try {
        const answer = await clientOf(context).send(command, { abortSignal: signal });
        return await answerAsJson(answer, stateName);
      } catch (error) {
        throw sdkFailure(SERVICE, error, (fault) => fault.constructor !== SNSServiceException);
      }
    },
  };
}
