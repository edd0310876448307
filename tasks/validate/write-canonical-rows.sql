-- One row per accepted row of valid files in a table of canonical rows.
-- names: of the columns; table: made by canonical-rows.sql; sources: the valid files
select
  {names},
  sources.key as _source_key,
  sources.uploaded_at as _source_modified_at,
  canonical.rowid - sources.first_row + 2 as _source_line
from {table} as canonical
join {sources} as sources on sources.file = canonical.file
where canonical.accepted
