-- Inserts one row per item of a page, its cells as text.
-- items: table of text columns; $page: the items as JSON; structure: that JSON's structure, as a literal
insert into $[items] by name
select * from (select unnest(from_json($page, $[structure]), max_depth := 2))
