-- How many orders are in each status?
-- inputs: orders
select
  status,
  count(*) as orders
from orders
where _deleted is null
group by status
order by status nulls last
