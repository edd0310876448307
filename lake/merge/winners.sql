-- One row per row of the batch that is written to the table, if some are not.
-- winners: name of the table; batch, hits: relations; key: the key's columns; same_key: b and l
create table $[winners] as
with losers as (
  select $[key] from $[hits] group by $[key] having not bool_and(_lake_wins)
)
select b.*
from $[batch] as b
anti join losers as l on $[same_key]
