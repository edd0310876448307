-- Leaves one row per key in a batch, the greatest version. Few keys come twice, as a rule: only their rows are sorted.
-- batch: the temporary table; repeated: relation of the keys that came more than once; same_key: b and r;
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
