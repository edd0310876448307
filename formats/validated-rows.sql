-- One row per good row. The rows of a file that was good throughout lie in its order and tell no line: it follows from
-- their number, behind the header.
-- columns: of the kind; files: list literal of Parquet files that validate wrote
(
  select
    $[columns],
    _source_key,
    _source_modified_at,
    coalesce(_source_line, file_row_number + 2) as _source_line
  from read_parquet($[files], union_by_name = true, file_row_number = true)
)
