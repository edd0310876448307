-- One row per action, in the schema of a checkpoint of the first specification:
-- https://github.com/delta-io/delta/blob/master/PROTOCOL.md#checkpoint-schema
-- actions: path of the actions as JSON, one a line; parquet: path of the file to write
copy (
  select *
  from read_json(
    $[actions],
    format = 'newline_delimited',
    maximum_object_size = 134217728,
    columns = {
      protocol: 'struct(minReaderVersion integer, minWriterVersion integer, readerFeatures varchar[], writerFeatures varchar[])',
      metaData: 'struct(id varchar, name varchar, description varchar, format struct(provider varchar, options map(varchar, varchar)), schemaString varchar, partitionColumns varchar[], createdTime bigint, configuration map(varchar, varchar))',
      txn: 'struct(appId varchar, version bigint, lastUpdated bigint)',
      remove: 'struct(path varchar, deletionTimestamp bigint, dataChange boolean, extendedFileMetadata boolean, partitionValues map(varchar, varchar), size bigint)',
      add: 'struct(path varchar, partitionValues map(varchar, varchar), size bigint, modificationTime bigint, dataChange boolean, stats varchar, tags map(varchar, varchar))'
    }
  )
) to $[parquet] (format parquet, compression snappy)
