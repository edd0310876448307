-- Grain: one row per good row of one input file, in the order of the file but for those that {canonical} has already.
-- Inputs: {canonical}, nothing or rows of the same shape with a union all behind;
--   {table}, canonical texts c0, c1, ... in the order of the kind's columns, and the physical line.
-- Parameters: $source_key, the input file's key; $source_modified_at, the time of its upload, UTC.
-- Units: money decimal(18,4) in the shop's currency, times in microseconds UTC.
copy (
  {canonical}
  select
    {columns},
    $source_key::varchar as _source_key,
    make_timestamptz(epoch_us($source_modified_at::timestamp)) as _source_modified_at,
    line as _source_line
  from {table}
) to {path} (format parquet)
