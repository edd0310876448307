-- One row per key of one kind's files: the row in the last file that contains it.
-- name: the new table; files: a glob as string literal; columns: the files' columns and types, as a struct;
-- wanted: the columns that the KPIs need; key: identifier
create or replace temp table $[name] as
with rows as materialized (
  select $[wanted], filename
  from read_csv($[files], header = true, filename = true, columns = $[columns])
)

select rows.* exclude (filename)
from rows
anti join rows as later on later.$[key] = rows.$[key] and later.filename > rows.filename
