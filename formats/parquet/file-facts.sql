-- One row: rows of a Parquet file, bytes of its columns after decompression, and its encryption, null if there is none.
-- file: string literal of its path
select
  num_rows as rows,
  encryption_algorithm as encryption,
  (select sum(total_uncompressed_size) from parquet_metadata($[file])) as bytes
from parquet_file_metadata($[file])
