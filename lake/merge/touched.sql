-- One row per key whose row is removed from its file.
-- touched: name of the table; hits: relation; key: the key's columns
create table $[touched] as
select $[key] from $[hits] group by $[key] having bool_and(_lake_wins)
