#!/usr/bin/env node
/** Writes the JSON Schemas of contract and mart files, and the parts of docs/data-catalogue.md that these files give, from catalog/. */
import { readFileSync, writeFileSync } from 'node:fs';
import { loadTypescript } from './load-typescript.mjs';

const write = (file, schema) => writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);

write('contracts/contract.schema.json', loadTypescript('catalog/contract-schema.ts').contractJsonSchema());
write('marts/mart.schema.json', loadTypescript('catalog/mart-schema.ts').martJsonSchema());

const { catalog } = loadTypescript('catalog/catalog.ts');
const { dataCatalogue, fillParts } = loadTypescript('catalog/data-catalogue.ts');
const page = 'docs/data-catalogue.md';
writeFileSync(page, fillParts(readFileSync(page, 'utf8'), dataCatalogue(catalog)));
