-- One row per variant.
-- rows: one row per variant or further picture, with the product's own columns on every row
-- units: money in the shop's currency
with variants as (
  select
    *,
    nullif(trim("Variant SKU"), '') as sku,
    -- As orders name a variant without an SKU.
    concat_ws(' - ', "Title", nullif(concat_ws(' / ', nullif("Option1 Value", 'Default Title'), "Option2 Value", "Option3 Value"), '')) as name
  from rows
  where "Variant Price" is not null
)

select
  coalesce(sku, name) as id,
  sku,
  name,
  coalesce("Type", "Product Category") as category,
  "Vendor" as brand,
  "Variant Price" as retail_price,
  "Cost per item" as cost,
  _line
from variants
