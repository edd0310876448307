-- The faults of the file's rows, in its order.
-- faults: table (line, column, rule, reason)
select line, "column", rule, reason from $[faults] order by line, "column"
