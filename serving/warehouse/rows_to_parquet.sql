-- Rows as COPY reads them.
-- columns: those of the relation, in order; relation: the rows; file: path, a literal
copy (
  select $[columns] from $[relation]
) to $[file] (format parquet, compression snappy)
