-- One row per version that a new history begins with: those of the batch, and the rows of the staging table.
-- rows: relation of the batch's rows; current: relation of the staging table's rows, deleted ones too. Rows of other writers
-- have no lineage, which identifies a version.
(
  select * from $[rows]
  union all by name
  select *
  from $[current]
  where _source_key is not null and _source_modified_at is not null and _source_line is not null
)
