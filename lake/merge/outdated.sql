-- Leaves one row per key in a batch, the greatest version. Few keys have several rows: only those rows are sorted.
-- batch: the temporary table; repeated: relation of the keys with more than one row; same_key: b and r;
-- key: the key's columns; version: order of the versions, the greatest first
delete from $[batch] where rowid in (
  select _lake_row
  from (
    select b.rowid as _lake_row, row_number() over (partition by $[key] $[version]) as _lake_place
    from $[batch] as b
    semi join $[repeated] as r on $[same_key]
  )
  where _lake_place > 1
)
