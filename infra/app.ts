import { App } from 'aws-cdk-lib';
import { DaybookStack } from './daybook-stack';

/**
 * The CDK app. Context: `prefix` (in front of every resource name), `reportingTimeZone` (IANA name, default UTC),
 * `maxBadRowShare` (0 to 1, default 0.2).
 */
const app = new App({ analyticsReporting: false });

new DaybookStack(app, `${app.node.tryGetContext('prefix') ?? ''}Daybook`, {
  prefix: app.node.tryGetContext('prefix') ?? '',
  reportingTimeZone: app.node.tryGetContext('reportingTimeZone') ?? 'UTC',
  maxBadRowShare: Number(app.node.tryGetContext('maxBadRowShare') ?? 0.2),
});

app.synth();
