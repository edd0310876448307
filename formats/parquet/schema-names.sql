-- One row per element of the schema of a Parquet file, parents before their children: its name, and the number of its children.
-- file: string literal of its path
select
  name,
  coalesce(num_children, 0) as children
from parquet_schema($[file])
