-- The batch: every row that came.
-- batch: name of the table; rows: the relation that came; incoming: its columns in the table's types;
-- columns: those and the derived ones
create table $[batch] as
with incoming as (
  select $[incoming] from $[rows] as came
)
select $[columns] from incoming
