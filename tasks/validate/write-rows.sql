-- One row per good row of a valid file: first the canonical rows, then the typed rows.
-- rows: select statements over both, joined by union all; path: path of the Parquet file; format: its options
-- units: money decimal(18,4) in the shop's currency, times in microseconds UTC
copy (
  $[rows]
) to $[path] ($[format])
