-- The batch: one row per key, the greatest version of those that came; `_lake_rows` counts them.
-- batch: name of the temporary table; rows: the relation that came; incoming: its columns in the table's types;
-- columns: those and the derived ones; key, version: column lists, the version greatest first
create temp table $[batch] as
with incoming as (
  select $[incoming] from $[rows] as came
),
complete as (
  select $[columns] from incoming
)
select *, count(*) over (partition by $[key]) as _lake_rows
from complete
qualify row_number() over (partition by $[key] $[version]) = 1
