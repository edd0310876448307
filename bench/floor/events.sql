-- The lines of files of raw events, in the columns that DuckDB finds in them.
-- files: a glob as string literal; out: a path as string literal
copy (select * from read_json($[files], format = 'newline_delimited'))
to $[out] (format parquet, compression zstd)
