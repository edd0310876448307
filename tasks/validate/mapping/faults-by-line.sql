-- The faults of the file's rows, in its order.
-- faults: table (c0 column, c1 rule, c2 reason, file, line)
select line, c0, c1, c2 from $[faults] order by line, c0
