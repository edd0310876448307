/** The parts of parquetjs-lite 0.8 that read a file in memory. */
declare module 'parquetjs-lite' {
  interface FileMetadata {
    readonly schema: { name: string; converted_type: number | null }[];
  }

  export class ParquetEnvelopeReader {
    static openBuffer(body: Buffer): Promise<ParquetEnvelopeReader>;
    readHeader(): Promise<void>;
    readFooter(): Promise<FileMetadata>;
  }

  export class ParquetReader {
    static openEnvelopeReader(
      envelope: ParquetEnvelopeReader,
      options: { metadata: FileMetadata },
    ): Promise<ParquetReader>;
    getCursor(): { next(): Promise<Record<string, unknown> | null> };
  }
}
