-- Writes one data file, its rows sorted by key, and returns its statistics. Without Bloom filters: few readers use them, and
-- the lake looks rows up by the range of their keys only.
-- output: relation of the rows; key: the key's columns; file: local path
copy (
  select * from $[output] order by $[key]
) to $[file] (format parquet, compression snappy, return_stats, write_bloom_filter false)
