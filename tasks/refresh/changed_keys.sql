-- One row per key whose row differs between two queries.
-- before, after: the queries, of the rows before and after a change; key: the key columns, with their aliases
with before as (
  $[before]
),
after as (
  $[after]
),
differing as (
  (select * from before except select * from after)
  union all
  (select * from after except select * from before)
)
select distinct $[key] from differing
