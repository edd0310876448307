#!/usr/bin/env node
/** Writes the JSON Schemas of contract and mart files, from those in catalog/. */
import { writeFileSync } from 'node:fs';
import { loadTypescript } from './load-typescript.mjs';

const write = (file, schema) => writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);

write('contracts/contract.schema.json', loadTypescript('catalog/contract-schema.ts').contractJsonSchema());
write('marts/mart.schema.json', loadTypescript('catalog/mart-schema.ts').martJsonSchema());
