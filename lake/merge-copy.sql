-- Writes one data file, its rows sorted by key, and tells its statistics. Bloom filters would serve few readers, and no row
-- is looked for by anything but the key's range.
-- output: relation of the rows; key: the key's columns; file: local path
copy (
  select * from $[output] order by $[key]
) to $[file] (format parquet, compression snappy, return_stats, write_bloom_filter false)
