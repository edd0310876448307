import { App } from 'aws-cdk-lib';
import { readContext } from './context';
import { DaybookStack } from './daybook-stack';

/** The CDK app; docs/configuration.md describes its context values. */
const app = new App({ analyticsReporting: false });
const props = readContext(app.node);
new DaybookStack(app, `${props.prefix}Daybook`, props);
app.synth();
