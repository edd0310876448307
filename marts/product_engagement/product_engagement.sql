-- One row per product_id and event_date with an item in an event.
-- input: session_items; units: items
select
  product_id,
  event_date,
  cast(sum(impressions) as bigint) as impressions,
  cast(sum(clicks) as bigint) as clicks,
  cast(sum(views) as bigint) as views,
  cast(sum(carts) as bigint) as carts,
  cast(sum(purchases) as bigint) as purchases
from session_items
where product_id <> ''
group by product_id, event_date
