-- One row per incoming row, with every column of the table.
-- batch: name of the table; rows: the incoming relation; incoming: its columns in the table's types;
-- columns: those and the derived ones
create table $[batch] as
with typed as (
  select $[incoming] from $[rows] as incoming
)
select $[columns] from typed
