import { DEFAULT_SPARK } from '../../infra/spark';
import { ALL_EVENTS } from './all-events';
import type { TemplateJson } from './checks/check';
import { PLATFORM_CHECKS } from './checks/platform';
import { RETENTION_CHECKS } from './checks/retention';
import { RIGHTS_CHECKS } from './checks/rights';
import { WORKFLOW_CHECKS } from './checks/workflow';
import { synthesize } from './template';

const CHECKS = [...RETENTION_CHECKS, ...RIGHTS_CHECKS, ...PLATFORM_CHECKS, ...WORKFLOW_CHECKS];

let asDefault: TemplateJson;
let withOptions: TemplateJson;
beforeAll(() => {
  asDefault = synthesize().toJSON() as TemplateJson;
  withOptions = synthesize('', {
    spot: true,
    reserveConcurrency: false,
    topicKey: 'own',
    successEmails: ['a@example.com'],
    failureEmails: ['a@example.com'],
    events: ALL_EVENTS,
    spark: DEFAULT_SPARK,
  }).toJSON() as TemplateJson;
});

describe.each(CHECKS)('$rule', ({ faults, breaks }) => {
  test('holds by default, and with every option', () => {
    expect(faults(asDefault)).toEqual([]);
    expect(faults(withOptions)).toEqual([]);
  });

  test.each(Object.entries(breaks))('detects: %s', (_, break_) => {
    const broken = structuredClone(asDefault);
    break_(broken);
    expect(faults(broken)).not.toEqual([]);
  });
});
