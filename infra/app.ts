import { App } from 'aws-cdk-lib';
import { DaybookStack } from './daybook-stack';

/**
 * The CDK app. Context: `prefix` (in front of every resource name), `reportingTimeZone` (IANA name, default UTC),
 * `maxBadRowShare` (0 to 1, default 0.2), `fileRetentionDays` (default 7) and `logRetentionDays` (default 30).
 */
const app = new App({ analyticsReporting: false });

const days = (name: 'fileRetentionDays' | 'logRetentionDays') => {
  const given = app.node.tryGetContext(name);
  return given === undefined ? {} : { [name]: Number(given) };
};

new DaybookStack(app, `${app.node.tryGetContext('prefix') ?? ''}Daybook`, {
  prefix: app.node.tryGetContext('prefix') ?? '',
  reportingTimeZone: app.node.tryGetContext('reportingTimeZone') ?? 'UTC',
  maxBadRowShare: Number(app.node.tryGetContext('maxBadRowShare') ?? 0.2),
  ...days('fileRetentionDays'),
  ...days('logRetentionDays'),
});

app.synth();
