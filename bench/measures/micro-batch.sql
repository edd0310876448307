-- One row per line of one file, with its origin.
-- file: string literal
-- parameters: $source_key, the file's key; $source_modified_at, ISO 8601
create or replace temp table micro_batch as
select
  *,
  $source_key::varchar as _source_key,
  $source_modified_at::varchar as _source_modified_at,
  row_number() over () + 1 as _source_line,
  null::boolean as _deleted
from read_csv($[file], header = true, all_varchar = true)
