-- Grain: one row per line of a plain file behind its header whose cells are all canonical, in the order of the file.
-- Inputs: {source}, a file with one record per line and no quotes; {no_byte}, a character that it does not hold, so
--   that a line comes whole; {delimiter}, by which it is split here, where too many and too few cells can be told.
-- {texts}: the cells of the kind's columns; {columns}: their values, null where empty or not canonical.
-- Parameters: $width, the cells of the header; $source_key, the input file's key; $source_modified_at, the time of its
--   upload, UTC.
-- Units: money decimal(18,4) in the shop's currency, times in microseconds UTC.
copy (
  with lines as (
    select string_split(line, {delimiter}) as cells from {source}
  ),
  texts as (
    select
      {texts},
      len(cells) = $width as complete
    from lines
  ),
  typed as (
    select
      {columns},
      complete and {accepted} as accepted
    from texts
  ),
  -- The numbers are given out ahead of the filter, to every line.
  numbered as (
    select *, row_number() over () + 1 as _source_line from typed
  )
  select
    * exclude (accepted, _source_line),
    $source_key::varchar as _source_key,
    make_timestamptz(epoch_us($source_modified_at::timestamp)) as _source_modified_at,
    _source_line
  from numbered
  where accepted
) to {path} (format parquet)
