-- One row per good row. Rows of a file without bad rows are in file order and have no line number; it follows from the row
-- number, after the header.
-- columns: of the kind, and those that only some files have; files: relation of the Parquet files that validate wrote, with
-- file_row_number from 0
(
  select
    $[columns],
    _source_key,
    _source_modified_at,
    coalesce(_source_line, file_row_number + 2) as _source_line
  from $[files]
)
