export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [field: string]: Json;
}

/** The limit on a state's input or result, in UTF-8 bytes. */
export const PAYLOAD_LIMIT = 262_144;

/** Size of the JSON text in bytes. */
export const byteLength = (value: Json): number => Buffer.byteLength(JSON.stringify(value) ?? '');

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
