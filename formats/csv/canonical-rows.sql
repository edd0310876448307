-- Writes one row per line of plain files of one shape behind their headers, in the order of files and lines, so that row
-- numbers tell lines: the columns' values, null where empty or not canonical; `file`; `accepted`, whether all cells of the
-- line are canonical; and the origin of the rows where all are of one file, but for the line, which the row number tells.
-- cells: relation of the lines' cells: file, the text cells, and `complete`, whether they are as many as the header's;
-- columns: the values; names: their names; accepted: condition over values and cells; path: of the Parquet file; format: its
-- parameters: $key and $uploaded_at of the one file, or null
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
    null::bigint as _source_line,
    file,
    complete and $[accepted] as accepted
  from typed
) to $[path] ($[format])
