-- Writes one row per line after the header of plain files of one shape, in the order of files and lines, so that row numbers
-- give line numbers: the columns' values, null if empty or not canonical; `_file`; `_accepted`, true if all cells of the line are
-- canonical; and the origin, if all rows are from one file. Unless the cells have lines, the line of the origin follows from the row number.
-- No column of a contract starts with _, so the others do.
-- cells: relation of the lines' cells: _file, _line or null, the text cells, and `_complete`, true if there are as many as in the header;
-- columns: the values; names: their names; accepted: condition over values and cells; path: of the Parquet file; format: its
-- options; parameters: $key and $uploaded_at of the single file, or null
-- units: money decimal(18,4) in the shop's currency, times in microseconds UTC
copy (
  with cells as (
    $[cells]
  ),

  typed as (
    select
      *,
      $[columns]
    from cells
  )

  select
    $[names],
    $key::varchar as _source_key,
    make_timestamptz(epoch_us($uploaded_at::timestamp)) as _source_modified_at,
    _line as _source_line,
    _file,
    _complete and $[accepted] as _accepted
  from typed
) to $[path] ($[format])
