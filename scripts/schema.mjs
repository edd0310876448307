#!/usr/bin/env node
/** Writes contracts/contract.schema.json, the JSON Schema of contract files, from catalog/contract-schema.ts. */
import { writeFileSync } from 'node:fs';
import { loadTypescript } from './load-typescript.mjs';

const { contractJsonSchema } = loadTypescript('catalog/contract-schema.ts');
writeFileSync('contracts/contract.schema.json', `${JSON.stringify(contractJsonSchema(), null, 2)}\n`);
