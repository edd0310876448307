import { z } from 'zod';
import { RESULTS } from '../../domain/object-keys';
import type { Bucket } from '../../storage/bucket';
import { getMatchingJson, putJson } from '../../storage/json-object';

/** What was loaded as a sample. Written before anything of it, so that a removal finds what an interrupted load left. */
const markerSchema = z.object({
  started_at: z.string(),
  /** Keys below `input/`. */
  files: z.array(z.string()),
  orders: z.number().int(),
  /** null: no sample events were sent. */
  events: z
    .object({
      /** In front of their ids. */
      run: z.string(),
      count: z.number().int(),
      sent_at: z.string(),
    })
    .nullable(),
});
export type SampleMarker = z.infer<typeof markerSchema>;

const MARKER = `${RESULTS}sample.json`;

export const readMarker = (bucket: Bucket): Promise<SampleMarker | undefined> =>
  getMatchingJson(bucket, MARKER, markerSchema);

export const writeMarker = (bucket: Bucket, marker: SampleMarker): Promise<void> =>
  putJson(bucket, MARKER, marker);

export const deleteMarker = (bucket: Bucket): Promise<void> => bucket.delete(MARKER);
