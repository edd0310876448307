import { encodeEventKey } from '../../domain/object-keys';

interface Upload {
  readonly key: string;
  readonly etag?: string;
  readonly size?: number;
  readonly time?: string;
  readonly sequencer?: string;
  readonly bucket?: string;
  readonly eventName?: string;
}

/** The body of the message that S3 sends for uploads. */
export function s3Event(...uploads: Upload[]): string {
  const Records = uploads.map((upload) => ({
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventName: upload.eventName ?? 'ObjectCreated:Put',
    eventTime: upload.time ?? '2025-03-30T12:00:00.000Z',
    s3: {
      bucket: { name: upload.bucket ?? 'memory' },
      object: {
        key: encodeEventKey(upload.key),
        size: upload.size ?? 10,
        eTag: upload.etag ?? 'e1',
        sequencer: upload.sequencer ?? '01',
      },
    },
  }));
  return JSON.stringify({ Records });
}
