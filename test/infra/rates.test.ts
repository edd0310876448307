import { Match } from 'aws-cdk-lib/assertions';
import { DEFAULT_RATES_URL } from '../../infra/rates';
import { synthesize } from './template';

const FUNCTION = 'AWS::Lambda::Function';

test('without rates, nothing downloads them', () => {
  const template = synthesize();
  template.resourcePropertiesCountIs(FUNCTION, { FunctionName: 'Pipeline-Rates' }, 0);
  template.resourcePropertiesCountIs('AWS::Scheduler::Schedule', { Name: 'Daily-Rates-Trigger' }, 0);
});

test('with them, a function runs after the publication of each working day, with one alarm', () => {
  const template = synthesize('dev-', { rates: { url: DEFAULT_RATES_URL } });
  template.hasResourceProperties(FUNCTION, {
    FunctionName: 'dev-Pipeline-Rates',
    Environment: {
      Variables: Match.objectLike({
        RATES_URL: 'https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip',
      }),
    },
  });
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    Name: 'dev-Daily-Rates-Trigger',
    ScheduleExpression: 'cron(15 16 ? * MON-FRI *)',
    Target: { Input: '{}', DeadLetterConfig: Match.anyValue() },
  });
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).filter(({ Properties }) =>
    /rates/i.test(Properties.AlarmName),
  );
  expect(alarms.map(({ Properties }) => Properties)).toMatchObject([
    { AlarmName: 'dev-Daybook-rates-failed', Threshold: 3, Period: 3600, MetricName: 'Errors' },
  ]);
});

test('the function can write files of currency rates to input/, and what it keeps in results/', () => {
  const template = synthesize('', { rates: { url: DEFAULT_RATES_URL } });
  const [policy] = Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([id]) => /^Ratesratesrole/.test(id))
    .map(([, { Properties }]) => Properties.PolicyDocument.Statement);
  const ofS3 = (policy as { Action: string | string[]; Resource: unknown; Condition?: unknown }[])
    .filter(({ Action }) => [Action].flat().some((action) => action.startsWith('s3:')))
    .map(({ Action, Resource, Condition }) => [
      Action,
      [JSON.stringify(Resource).match(/\/(results|input)\/[^"]*/g)].flat(),
      Condition,
    ]);
  expect(ofS3).toEqual([
    ['s3:GetObject', ['/results/rates/*'], undefined],
    ['s3:ListBucket', [null], { StringLike: { 's3:prefix': ['results/rates/*'] } }],
    ['s3:PutObject', ['/results/rates/*', '/input/currency_rates*'], undefined],
  ]);
});
