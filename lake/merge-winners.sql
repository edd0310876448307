-- The rows of the batch that go into the table, with the number of their partition.
-- winners: name of the temporary table; batch, hits: relations; key: the key's columns; same_key: b and l;
-- partition: order by the partition columns
create temp table $[winners] as
with losers as (
  select $[key] from $[hits] group by $[key] having not bool_and(wins)
)
select b.*, dense_rank() over ($[partition]) as _lake_partition
from $[batch] as b
anti join losers as l on $[same_key]
