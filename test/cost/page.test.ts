import { readFileSync } from 'node:fs';
import { countDeployment } from '../../cost/deployment-counts';
import { costSections, publish } from '../../cost/page';
import { packagePath } from '../../package-path';
import { builtTemplate } from '../builders/changed-template';
import { daybook } from '../cli/run-daybook';

let sections: ReturnType<typeof costSections>;
beforeAll(() => {
  sections = costSections(countDeployment(builtTemplate()));
});

test('the tables of docs/cost.md match the template, the measured quantities and the prices', () => {
  const page = readFileSync(packagePath('docs', 'cost.md'), 'utf8');
  // Otherwise: npm run cost -- --publish docs/cost.md
  expect(publish(page, sections)).toBe(page);
});

test('a changed number in the page is found', () => {
  const page = readFileSync(packagePath('docs', 'cost.md'), 'utf8').replace(/0\.03238/, '0.04');
  expect(publish(page, sections)).not.toBe(page);
});

test('a page without the marks of a section is an error', () => {
  expect(() => publish('# nothing', { idle: 'x' })).toThrow('<!-- cost:idle -->');
});

test('the command shows the price of a volume, by service', async () => {
  const { code, stdout } = await daybook(['cost', '--files-per-day', '288', '--rows-per-day', '1000000']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^96 executions per day/);
  expect(stdout).toMatch(/ Fargate +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+\n/);
  const json = await daybook(['cost', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ executions_per_day: 24, prices: { currency: 'USD' } });
}, 30_000);

test('text instead of a number is a usage error', async () => {
  const { code, stderr } = await daybook(['cost', '--rows-per-day', 'many']);
  expect(code).toBe(2);
  expect(stderr).toContain('Expected a whole number');
}, 30_000);
