-- One row per customer with a counted order.
-- input: customer_days; units: money in the shop's currency, days
with days as (
  select
    *,
    min(order_date) over (partition by user_id) as first_order_date
  from customer_days
),

totals as (
  select
    user_id,
    min(order_date) as first_order_date,
    max(order_date) as last_order_date,
    sum(orders) as orders,
    sum(units) as units,
    sum(revenue) as revenue,
    sum(returned_revenue) as returned_revenue,
    count(*) - 1 as frequency,
    sum(revenue) filter (where order_date > first_order_date) as repeat_revenue
  from days
  group by user_id
)

select
  user_id,
  first_order_date,
  last_order_date,
  cast(orders as bigint) as orders,
  cast(units as bigint) as units,
  revenue,
  returned_revenue,
  revenue - returned_revenue as net_revenue,
  frequency,
  cast(datediff(last_order_date, first_order_date) as bigint) as recency_days,
  case when frequency > 0 then
    cast(div(cast(repeat_revenue * 20000 as decimal(38, 0)) + frequency * 100, frequency * 200) as decimal(35, 0))
      * cast(0.01 as decimal(3, 2))
  end as monetary_value
from totals
