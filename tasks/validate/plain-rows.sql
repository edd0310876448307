-- Grain: one row per line of a plain file behind its header, in the order of the file; one cell that is not canonical
-- fails the query.
-- Inputs: {source}, a CSV file, {compression}, with one record per line and no quotes; {delimiter}; {cells}, its
-- columns, all text.
-- Parameters: $source_key, the input file's key; $source_modified_at, the time of its upload, UTC.
-- Units: money decimal(18,4) in the shop's currency, times in microseconds UTC.
copy (
  select
    {columns},
    $source_key::varchar as _source_key,
    make_timestamptz(epoch_us($source_modified_at::timestamp)) as _source_modified_at,
    row_number() over () + 1 as _source_line
  from read_csv(
    {source},
    auto_detect = false, header = false, skip = 1, columns = {cells},
    delim = {delimiter}, quote = '', escape = '', comment = '', compression = {compression},
    null_padding = false, ignore_errors = false, strict_mode = true
  )
) to {path} (format parquet)
