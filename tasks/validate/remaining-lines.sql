-- Grain: one row per line of a plain file behind its header that canonical-rows.sql did not take, in order.
-- Inputs: {canonical}, the rows it wrote.
-- Parameters: $lines, the physical lines of the file, the header being line 1.
select line::double as line
from range(2, $lines::bigint + 1) as lines(line)
where line not in (select _source_line from read_parquet({canonical}))
order by line
