-- Creates a table with one row per valid file to write: its number, key, upload time, and the number of its first
-- canonical row.
-- table: name of the temporary table
-- parameters: $sources, the rows as JSON
create or replace temp table $[table] as
select
  file,
  key,
  make_timestamptz(epoch_us(uploaded_at::timestamp)) as uploaded_at,
  first_row
from (
  select unnest(
    from_json($sources, '[{"file": "INTEGER", "key": "VARCHAR", "uploaded_at": "VARCHAR", "first_row": "BIGINT"}]'),
    max_depth := 2
  )
)
