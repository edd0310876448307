import { Duration, Validations } from 'aws-cdk-lib';
import { CorsHttpMethod, HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ResourceNames } from '../../domain/names';

interface CollectApiProps {
  readonly names: ResourceNames;
  readonly collect: LambdaFunction;
  readonly origins: readonly string[];
  readonly requestsPerSecond: number;
}

/** The HTTP API: `POST /events`, and the answers to the preflight requests of browsers. */
export class CollectApi extends Construct {
  readonly api: HttpApi;
  /** `https://.../events` */
  readonly url: string;

  constructor(scope: Construct, id: string, props: CollectApiProps) {
    super(scope, id);
    const { names, collect, origins, requestsPerSecond } = props;
    this.api = new HttpApi(this, 'Api', {
      apiName: names.eventsApi,
      createDefaultStage: false,
      corsPreflight: {
        allowOrigins: [...origins],
        allowMethods: [CorsHttpMethod.POST],
        allowHeaders: ['content-type', 'x-api-key', 'idempotency-key'],
        maxAge: Duration.days(1),
      },
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      autoDeploy: true,
      // The burst is that of two seconds: the requests of a page that many visitors open at once.
      throttle: { rateLimit: requestsPerSecond, burstLimit: 2 * requestsPerSecond },
    });
    Validations.of(stage).acknowledge({
      id: 'AwsSolutions-APIG1',
      reason:
        'Access logs would cost more than the requests. Events are kept as they came, and the function logs what it refuses; the addresses of visitors are stored nowhere.',
    });
    const [route] = this.api.addRoutes({
      path: '/events',
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('Collect', collect),
    });
    if (route) {
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason: 'The function checks the API key: an authorizer would be one more function for each request.',
      });
    }
    this.url = `${this.api.apiEndpoint}/events`;
  }
}
