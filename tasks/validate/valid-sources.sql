-- Creates a table with one row per valid file to write: its number, key, upload time, the number of its first
-- canonical row, and the physical line of that row.
-- table: name of the temporary table
-- parameters: $sources, the rows as JSON
create or replace temp table $[table] as
select
  file,
  key,
  make_timestamptz(epoch_us(uploaded_at::timestamp)) as uploaded_at,
  first_row,
  first_line
from (
  select unnest(
    from_json($sources, '[{"file": "INTEGER", "key": "VARCHAR", "uploaded_at": "VARCHAR", "first_row": "BIGINT", "first_line": "BIGINT"}]'),
    max_depth := 2
  )
)
