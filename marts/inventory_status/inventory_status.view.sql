-- How long the stock of each counted product lasts, and how much of the revenue it brings.
-- inputs: inventory_status, product_sales, order_days; units: pieces, days, both rounded half up to 2 decimals; the ABC class is by
-- revenue, ties by product_id; a larger stock than 10^14 pieces counts as that, so that its cover fits
with recent_days as (
  select order_date from order_days order by order_date desc limit 30
),

recent as (
  select
    product_sales.product_id,
    sum(product_sales.units) as units
  from product_sales
  join recent_days on recent_days.order_date = product_sales.order_date
  group by product_sales.product_id
),

revenues as (
  select
    product_id,
    sum(revenue) as revenue
  from product_sales
  group by product_id
),

shares as (
  select
    product_id,
    coalesce(
      sum(revenue) over (order by revenue desc, product_id rows between unbounded preceding and 1 preceding), 0
    ) as revenue_before,
    sum(revenue) over () as revenue_of_all
  from revenues
),

stock as (
  select
    inventory_status.product_id,
    inventory_status.on_hand,
    inventory_status.counted_at,
    least(greatest(inventory_status.on_hand, 0), 100000000000000) as available,
    coalesce(recent.units, 0) as units,
    (select count(*) from recent_days) as days,
    shares.revenue_before,
    shares.revenue_of_all
  from inventory_status
  left join recent on recent.product_id = inventory_status.product_id
  left join shares on shares.product_id = inventory_status.product_id
)

select
  product_id,
  on_hand,
  counted_at,
  case
    when days > 0 then cast(div(units * 200 + days, days * 2) as decimal(35, 0)) * cast(0.01 as decimal(3, 2))
    else 0
  end as units_per_day,
  case
    when units > 0
      then cast(div(available * days * 200 + units, units * 2) as decimal(35, 0)) * cast(0.01 as decimal(3, 2))
  end as days_of_cover,
  on_hand <= 0 as is_stock_out,
  units > 0 and available * days > units * 90 as is_overstock,
  case
    when revenue_before * 100 < revenue_of_all * 80 then 'A'
    when revenue_before * 100 < revenue_of_all * 95 then 'B'
    else 'C'
  end as abc_class
from stock
