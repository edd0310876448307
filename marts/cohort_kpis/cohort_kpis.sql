-- One row per cohort, the month of a customer's first order, and month after it with an order.
-- input: customer_days; units: money in the shop's currency
with days as (
  select
    user_id,
    order_date,
    revenue,
    min(order_date) over (partition by user_id) as first_order_date
  from customer_days
)

select
  cast(date_trunc('month', first_order_date) as date) as cohort_month,
  cast(
    (year(order_date) - year(first_order_date)) * 12 + month(order_date) - month(first_order_date) as bigint
  ) as months_since,
  count(distinct user_id) as active_customers,
  sum(revenue) as revenue
from days
group by 1, 2
