import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import type { SqsStore } from '../store';
import { queueUrl } from './create-queue';

/** Queue URLs by ascending name; the token is the last name of the page. */
export const listQueues = operation({
  input: z.object({
    QueueNamePrefix: z.string().default(''),
    MaxResults: z.number().int().min(1).max(1000).optional(),
    NextToken: z.string().optional(),
  }),
  run({ QueueNamePrefix, MaxResults, NextToken = '' }, store: SqsStore, context) {
    const names = store
      .all()
      .map(({ name }) => name)
      .filter((name) => name.startsWith(QueueNamePrefix) && name > NextToken);
    const page = names.slice(0, MaxResults ?? 1000);
    return {
      ...(page.length > 0 && { QueueUrls: page.map((name) => queueUrl(context, name)) }),
      ...(page.length < names.length && { NextToken: page.at(-1) }),
    };
  },
});
