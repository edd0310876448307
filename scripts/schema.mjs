#!/usr/bin/env node
/** Writes the JSON Schemas of contract and mart files, and the parts of docs/ that these files give, from catalog/. */
import { readFileSync, writeFileSync } from 'node:fs';
import { loadTypescript } from './load-typescript.mjs';

const write = (file, schema) => writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);

write('contracts/contract.schema.json', loadTypescript('catalog/contract-schema.ts').contractJsonSchema());
write('marts/mart.schema.json', loadTypescript('catalog/mart-schema.ts').martJsonSchema());

const { catalog } = loadTypescript('catalog/catalog.ts');
const { fillParts } = loadTypescript('catalog/markdown.ts');
const fill = (page, parts) => writeFileSync(page, fillParts(readFileSync(page, 'utf8'), parts));

fill('docs/data-catalogue.md', loadTypescript('catalog/data-catalogue.ts').dataCatalogue(catalog));
fill('docs/events.md', loadTypescript('catalog/event-dictionary.ts').eventDictionary(catalog));
