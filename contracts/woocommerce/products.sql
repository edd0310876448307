-- One row per product that can be bought: products without variations, and variations.
-- rows: one row per product or variation
-- units: money in the shop's currency
with products as (
  select *, nullif(trim("SKU"), '') as own_sku
  from rows
),

-- A variation names its parent by "id:" and number, or by SKU.
parents as (
  select 'id:' || "ID" as reference, any_value("Categories") as categories from products group by 1
  union all
  select own_sku as reference, any_value("Categories") as categories from products where own_sku is not null group by 1
)

select
  coalesce(products.own_sku, products."ID") as id,
  products.own_sku as sku,
  products."Name" as name,
  -- The top category of the first path, such as Clothing of "Clothing, Clothing > Tees".
  trim(split_part(split_part(coalesce(products."Categories", parents.categories), ',', 1), '>', 1)) as category,
  products."Regular price" as retail_price,
  products._line
from products
left join parents on parents.reference = products."Parent"
where lower(trim(products."Type")) not in ('variable', 'grouped')
