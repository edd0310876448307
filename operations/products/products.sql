-- Sales and engagement of each product with either on some days, with its name and its ABC class.
-- product_sales, product_engagement, stock, names: relations; $from, $to: days, both included
-- units: money in the shop's currency, pieces, items in events, percent; product_id as text, as events have it
with sales as (
  select
    cast(product_id as varchar) as product_id,
    cast(sum(orders) as bigint) as orders,
    cast(sum(units) as bigint) as units,
    sum(revenue) as revenue,
    case when count(margin) = count(*) then sum(margin) end as margin,
    cast(sum(returned_units) as bigint) as returned_units
  from $[product_sales]
  where order_date between cast($from as date) and cast($to as date)
  group by 1
),

engagement as (
  select
    product_id,
    cast(sum(impressions) as bigint) as impressions,
    cast(sum(clicks) as bigint) as clicks,
    cast(sum(views) as bigint) as views,
    cast(sum(carts) as bigint) as carts,
    cast(sum(purchases) as bigint) as purchases
  from $[product_engagement]
  where event_date between cast($from as date) and cast($to as date)
  group by 1
),

named as (
  select
    coalesce(sales.product_id, engagement.product_id) as product_id,
    sales.* exclude (product_id),
    engagement.* exclude (product_id)
  from sales
  full join engagement on engagement.product_id = sales.product_id
)

select
  named.product_id,
  names.name,
  names.category,
  stock.abc_class,
  coalesce(named.orders, 0) as orders,
  coalesce(named.units, 0) as units,
  coalesce(named.revenue, 0) as revenue,
  named.margin,
  case
    when named.units > 0
      then cast(div(named.returned_units * 20000 + named.units, named.units * 2) as decimal(35, 0)) * cast(0.01 as decimal(3, 2))
  end as return_rate,
  coalesce(named.impressions, 0) as impressions,
  coalesce(named.clicks, 0) as clicks,
  coalesce(named.views, 0) as views,
  coalesce(named.carts, 0) as carts,
  coalesce(named.purchases, 0) as purchases,
  case
    when named.impressions > 0
      then cast(div(named.clicks * 20000 + named.impressions, named.impressions * 2) as decimal(35, 0)) * cast(0.01 as decimal(3, 2))
  end as ctr,
  case
    when named.views > 0
      then cast(div(named.purchases * 20000 + named.views, named.views * 2) as decimal(35, 0)) * cast(0.01 as decimal(3, 2))
  end as view_to_purchase
from named
left join $[names] as names on names.product_id = named.product_id
left join $[stock] as stock on stock.product_id = named.product_id
