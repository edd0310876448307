export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [field: string]: Json;
}

/** The service's limit on any state's input or result, in bytes of UTF-8. */
export const PAYLOAD_LIMIT = 262_144;

/** Of the JSON text. */
export const byteLength = (value: Json): number => Buffer.byteLength(JSON.stringify(value) ?? '');

/** A plain object, no array. */
export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
