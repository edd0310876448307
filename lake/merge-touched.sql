-- The keys whose rows leave the files they are in.
-- touched: name of the table; hits: relation; key: the key's columns
create table $[touched] as
select $[key] from $[hits] group by $[key] having bool_and(wins)
