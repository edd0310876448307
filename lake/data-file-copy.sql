-- Writes one data file and returns its statistics. Without Bloom filters: few readers use them, and
-- the lake looks rows up by the range of their keys only.
-- output: relation of the rows; order: by which they are sorted, or nothing; file: local path
copy (
  select * from $[output] $[order]
) to $[file] (format parquet, compression snappy, return_stats, write_bloom_filter false)
