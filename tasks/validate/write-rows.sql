-- One row per good row of valid files: first those of the tables of canonical rows, then those of the rules.
-- rows: select statements over them, with a union all in between; path: of the Parquet file
-- Nothing but DuckDB reads the file, so it has the newer encodings: half the size, and a third less work. A dictionary of
-- many values is work for nothing.
-- units: money decimal(18,4) in the shop's currency, times in microseconds UTC
copy (
  {rows}
) to {path} (format parquet, parquet_version v2, dictionary_size_limit 1000)
