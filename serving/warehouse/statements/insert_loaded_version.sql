-- The version of a table of the lake whose rows are loaded.
-- $1 table, $2 id of the Delta table, $3 version, $4 definition, $5 time
insert into loaded_versions (table_name, table_id, version, definition, loaded_at)
values ($1, $2, $3, $4, $5)
