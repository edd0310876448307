-- One row per good row of valid files: first the canonical ones, then those of the rules.
-- rows: select statements over them, with a union all in between; path: of the Parquet file; format: its
-- units: money decimal(18,4) in the shop's currency, times in microseconds UTC
copy (
  $[rows]
) to $[path] ($[format])
