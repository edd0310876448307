-- The rows of the batch that go into the table, with the number of their partition.
-- winners: name of the temporary table; batch, hits: relations; key: the key's columns; same_key: b and l;
-- partitions: query of the batch's partitions, numbered in `_lake_partition`; same_partition: b and p
create temp table $[winners] as
with losers as (
  select $[key] from $[hits] group by $[key] having not bool_and(wins)
),
partitions as (
  $[partitions]
)
select b.*, p._lake_partition
from $[batch] as b
anti join losers as l on $[same_key]
join partitions as p on $[same_partition]
