-- One row per key whose row is removed from its file, and whether that row was not deleted yet.
-- touched: name of the table; hits: relation; key: the key's columns
create table $[touched] as
select $[key], bool_or(_lake_live) as _lake_live from $[hits] group by $[key] having bool_and(_lake_wins)
