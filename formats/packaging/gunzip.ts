import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CHUNK_BYTES } from './chunks';
import { corrupt, truncated } from './unpack-error';

/** The decompressed bytes of a gzip stream, of all its members. @throws UnpackError */
export async function* gunzip(packed: Readable): AsyncGenerator<Buffer> {
  const stream = createGunzip({ chunkSize: CHUNK_BYTES });
  // A failure of either stream reaches the loop below through the second one.
  pipeline(packed, stream, () => {});
  try {
    yield* stream as AsyncIterable<Buffer>;
  } catch (error) {
    const code = zlibCode(error);
    if (code === undefined) throw error;
    throw code === 'Z_BUF_ERROR' ? truncated('gzip stream') : corrupt('gzip stream');
  }
}

/** The code of an error that the compressed bytes caused. */
export function zlibCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && code.startsWith('Z_') ? code : undefined;
}
