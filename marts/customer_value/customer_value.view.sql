-- Rank and segments of every customer among all: by net revenue, ties by user_id.
-- inputs: customer_value, order_days; units: money in the shop's currency, days
with last_day as (
  select max(order_date) as last_order_date from order_days
),

ranked as (
  select
    customer_value.*,
    row_number() over (order by net_revenue desc, user_id) as rank,
    count(*) over () as customers,
    ntile(5) over (order by customer_value.last_order_date, user_id) as rfm_recency,
    ntile(5) over (order by orders, user_id) as rfm_frequency,
    ntile(5) over (order by net_revenue, user_id) as rfm_monetary,
    cast(datediff(last_day.last_order_date, first_order_date) as bigint) as age_days
  from customer_value
  cross join last_day
)

select
  user_id,
  first_order_date,
  last_order_date,
  orders,
  units,
  revenue,
  returned_revenue,
  net_revenue,
  avg_order_value,
  frequency,
  recency_days,
  monetary_value,
  rank,
  cast(div((customers - rank) * 20000 + customers, customers * 2) as decimal(35, 0)) * cast(0.01 as decimal(3, 2)) as percentile,
  rank * 10 <= customers + 9 as is_top_decile,
  rfm_recency,
  rfm_frequency,
  rfm_monetary,
  age_days
from ranked
