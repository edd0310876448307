-- The syntax tree of a statement, as JSON.
-- sql: the statement
select json_serialize_sql($sql::varchar) as tree
