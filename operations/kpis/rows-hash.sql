-- Sums of the hashes of a relation's rows: the same for the same rows in any order.
-- rows: relation; texts: the values of its columns, each as one text
select
  count(*) as rows,
  coalesce(sum(md5_number_lower(row_text)), 0) as low,
  coalesce(sum(md5_number_upper(row_text)), 0) as high
from (select cast(to_json([$[texts]]) as varchar) as row_text from $[rows])
