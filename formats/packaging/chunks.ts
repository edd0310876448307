export const CHUNK_BYTES = 256 * 1024;
