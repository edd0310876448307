-- All products of some days in one row.
-- products: relation of products.sql; units: money in the shop's currency
select
  count(*) filter (where units > 0) as sold,
  cast(coalesce(sum(units), 0) as varchar) as units,
  cast(coalesce(sum(revenue), 0) as varchar) as revenue,
  count(*) filter (where views > 0) as viewed,
  count(*) filter (where views > 0 and units = 0 and purchases = 0) as viewed_only,
  cast(coalesce(sum(views), 0) as varchar) as views
from $[products]
