import { PublishCommand, PublishInput$, type SNSClient, SNSServiceException } from '@aws-sdk/client-sns';
import type { Integration } from './integration';
import { answerAsJson, inputFields, sdkFailure } from './sdk-call';

const SERVICE = { prefix: 'SNS', title: 'AmazonSNS', base: 'AmazonSNSException' };

/**
 * `sns:publish`. A message that is no text is sent as JSON text.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html
 */
export function publishIntegration(client: () => SNSClient): Integration {
  return {
    resource: 'arn:aws:states:::sns:publish',
    parameters: inputFields(PublishInput$),
    async run(parameters, { signal, stateName }) {
      const { Message } = parameters;
      const command = new PublishCommand({
        ...parameters,
        Message: typeof Message === 'string' ? Message : JSON.stringify(Message),
      });
      try {
        const answer = await client().send(command, { abortSignal: signal });
        return await answerAsJson(answer, stateName);
      } catch (error) {
        throw sdkFailure(SERVICE, error, (fault) => fault.constructor !== SNSServiceException);
      }
    },
  };
}
