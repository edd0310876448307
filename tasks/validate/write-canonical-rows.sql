-- One row per accepted row of valid files among canonical rows.
-- names: of the columns; canonical: relation of what canonical-rows.sql wrote; sources: the valid files
select
  $[names],
  sources.key as _source_key,
  sources.uploaded_at as _source_modified_at,
  canonical.file_row_number - sources.first_row + 2 as _source_line
from $[canonical] as canonical
join $[sources] as sources on sources.file = canonical.file
where canonical.accepted
