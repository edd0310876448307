-- One row per key whose row in an input's view differs between two states of the staging rows.
-- before, after: the view's query over the changed rows as they were and as they are; key: the column of the key, under the name it is to have
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
