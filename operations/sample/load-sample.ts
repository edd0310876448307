import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { INPUT } from '../../domain/object-keys';
import { DAY_MS } from '../../domain/time';
import { generate } from '../../fixtures/generator/generate';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';
import { uploadStream } from '../files/upload';
import { readMarker, type SampleMarker, writeMarker } from './marker';
import { isEmptyDeployment } from './sample-state';

/** The sample's shop: two months up to today, with the products of its events. */
const SHOP = { orders: 1_500, days: 60, products: 500, seed: 7, updates: 0, dirt: 0, files: 1 };

/** Where its files are, in a folder of their own. */
export const SAMPLE_FOLDER = `${INPUT}sample/`;

/**
 * Uploads generated files of products, orders and items, which the next execution loads like any others. A repetition of an
 * interrupted call uploads them again: the newest upload counts.
 * @throws DeploymentError if the deployment has files or tables that are not the sample's
 */
export async function loadSample(deployment: Deployment, now: Date): Promise<SampleMarker> {
  const bucket = s3Bucket(deployment.s3, deployment.bucket);
  const before = await readMarker(bucket);
  if (!before && !(await isEmptyDeployment(deployment))) {
    throw new DeploymentError('this deployment already has data: the sample is only for an empty one');
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'daybook-sample-'));
  try {
    const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
    const start = (today - (SHOP.days - 1) * DAY_MS) / 1000;
    const out = path.join(directory, 'files');
    const files = await generate({ ...SHOP, start, out });
    const marker: SampleMarker = {
      started_at: before?.started_at ?? now.toISOString(),
      files: files.map(({ name }) => SAMPLE_FOLDER + name),
      orders: SHOP.orders,
      events: before?.events ?? null,
    };
    await writeMarker(bucket, marker);
    for (const { name } of files) {
      const file = path.join(out, name);
      const { size } = await stat(file);
      await uploadStream(deployment, {
        key: SAMPLE_FOLDER + name,
        size,
        body: createReadStream(file),
        replace: true,
      });
    }
    return marker;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
