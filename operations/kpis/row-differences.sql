-- One row per key whose rows are not the same in two relations, and per row with a key that another row has already.
-- differences: name of the temporary table; expected: relation with one row per key; found: relation; key: the key's columns;
-- same_key: e and f; differs: condition that the values of e and f differ; texts: the columns of both as text
create temp table $[differences] as
with numbered as (
  select *, row_number() over (partition by $[key]) as _at from $[found]
),
single as (
  select *, 1 as _at from $[expected]
)
select
  e._at is null as is_unexpected,
  f._at is null as is_missing,
  $[texts]
from single as e
full join numbered as f on $[same_key] and e._at = f._at
where e._at is null or f._at is null or $[differs]
