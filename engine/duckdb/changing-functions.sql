-- Functions whose value can differ between two calls with the same arguments, and those that read something else than their
-- arguments.
select distinct lower(function_name) as name
from duckdb_functions()
where stability <> 'CONSISTENT'
  or function_type not in ('scalar', 'aggregate', 'macro')
  or function_name in ('current_setting', 'getvariable')
  or starts_with(function_name, 'pg_')
