import {
  GetBucketVersioningCommand,
  type GetBucketVersioningCommandOutput,
  type LifecycleRule,
  S3Client,
} from '@aws-sdk/client-s3';
import { readRetention } from '../../../operations/forget/deployed';

class NoSuchLifecycleConfiguration extends Error {
  override readonly name = 'NoSuchLifecycleConfiguration';
}

/** @param rules of a bucket with versions; undefined if it has no lifecycle */
async function oldVersionDays(
  status: GetBucketVersioningCommandOutput['Status'],
  rules?: readonly LifecycleRule[],
): Promise<number | null> {
  const client = new S3Client({ region: 'eu-central-1' });
  client.send = (async (command: object) => {
    if (command instanceof GetBucketVersioningCommand) return { Status: status };
    if (!rules) throw new NoSuchLifecycleConfiguration();
    return { Rules: rules };
  }) as typeof client.send;
  return (await readRetention(client, 'bucket')).oldVersionDays;
}

const rule = (days: number, rest: Partial<LifecycleRule> = {}): LifecycleRule => ({
  Status: 'Enabled',
  Filter: { Prefix: '' },
  NoncurrentVersionExpiration: { NoncurrentDays: days },
  ...rest,
});

test('a bucket without versions keeps none', async () => {
  expect(await oldVersionDays(undefined)).toBe(0);
});

test('old versions stay as long as the shortest rule for all objects says', async () => {
  const others = [rule(1, { Status: 'Disabled' }), rule(2, { Filter: { Prefix: 'athena/' } })];
  expect(await oldVersionDays('Enabled', [rule(30), ...others, rule(7)])).toBe(7);
});

test('nothing removes old versions without such a rule', async () => {
  expect(await oldVersionDays('Enabled', [rule(2, { Filter: { Prefix: 'athena/' } })])).toBeNull();
  expect(await oldVersionDays('Enabled')).toBeNull();
  expect(await oldVersionDays('Suspended')).toBeNull();
});
