-- One row per key whose latest version in a history is not its row in the staging table.
-- differences: name of the temporary table; history, staging: views with every column, deleted rows too; key: the key's
-- columns; version: order of the versions, the greatest first; texts: the columns of both as text; same_key: h and s;
-- differs: condition that the rows differ; ahead: condition that the history has the later version
create temp table $[differences] as
with latest as (
  select *, true as _is_there
  from $[history]
  qualify row_number() over (partition by $[key] order by $[version]) = 1
),
-- Rows of other writers have no lineage, which identifies a version.
current as (
  select *, true as _is_there
  from $[staging]
  where _source_key is not null and _source_modified_at is not null and _source_line is not null
)
select
  h._is_there is null as is_missing,
  s._is_there is null as is_unexpected,
  s._is_there is null or $[ahead] as is_ahead,
  $[texts]
from latest as h
full join current as s on $[same_key]
where h._is_there is null or s._is_there is null or $[differs]
