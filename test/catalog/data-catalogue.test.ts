import { readFileSync } from 'node:fs';
import { catalog } from '../../catalog/catalog';
import { dataCatalogue } from '../../catalog/data-catalogue';
import { eventDictionary } from '../../catalog/event-dictionary';
import { fillParts } from '../../catalog/markdown';
import { packagePath } from '../../package-path';

const page = readFileSync(packagePath('docs', 'data-catalogue.md'), 'utf8');

test('docs/data-catalogue.md has what the contracts and marts say: npm run schema writes it', () => {
  expect(fillParts(page, dataCatalogue(catalog))).toBe(page);
});

test('docs/events.md has the names and properties of the contracts: npm run schema writes them', () => {
  const events = readFileSync(packagePath('docs', 'events.md'), 'utf8');
  expect(fillParts(events, eventDictionary(catalog))).toBe(events);
});

test('every column of a mart, and every required column of a contract, has a meaning', () => {
  const unexplained = [
    ...catalog.contracts.flatMap(({ kind, columns }) =>
      columns
        .filter(({ required, description }) => required && !description)
        .map(({ name }) => `${kind}.${name}`),
    ),
    ...catalog.marts.flatMap(({ name, columns, view }) =>
      [...columns, ...(view?.columns ?? [])]
        .filter(({ description }) => !description)
        .map((column) => `${name}.${column.name}`),
    ),
  ];
  expect(unexplained).toEqual([]);
});

test('a page without marks is refused', () => {
  expect(() => fillParts('# Page', dataCatalogue(catalog))).toThrow('has no part <!-- contracts -->');
});
