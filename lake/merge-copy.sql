-- Writes one data file, its rows sorted by key, and tells its statistics.
-- output: relation of the rows; key: the key's columns; file: local path
copy (
  select * from $[output] order by $[key]
) to $[file] (format parquet, compression snappy, return_stats)
