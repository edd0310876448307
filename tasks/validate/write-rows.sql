-- One row per good row of valid files: first the canonical ones, then those of the rules.
-- rows: select statements over them, with a union all in between; path: of the Parquet file
-- The format is that of canonical-rows.sql.
-- units: money decimal(18,4) in the shop's currency, times in microseconds UTC
copy (
  {rows}
) to {path} (format parquet, parquet_version v2, dictionary_size_limit 1000)
