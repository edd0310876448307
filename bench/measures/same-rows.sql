-- The rows of a CSV file in another format, with the types that its values have.
-- source, target: paths; options: of the format
copy (
  select * from read_csv($[source], header = true, sample_size = -1)
) to $[target] ($[options])
