-- The versions of each product, under the surrogate keys that they have.
insert into dim_product (
  product_id, sku, name, brand, category, department, cost, retail_price, valid_from, valid_to, is_current, is_deleted, is_inferred
)
select
  product_id, sku, name, brand, category, department, cost, retail_price, valid_from, valid_to, is_current, is_deleted, is_inferred
from staged_products
on conflict (product_id, valid_from) do update set
  sku = excluded.sku,
  name = excluded.name,
  brand = excluded.brand,
  category = excluded.category,
  department = excluded.department,
  cost = excluded.cost,
  retail_price = excluded.retail_price,
  valid_to = excluded.valid_to,
  is_current = excluded.is_current,
  is_deleted = excluded.is_deleted,
  is_inferred = excluded.is_inferred
where (
  dim_product.sku, dim_product.name, dim_product.brand, dim_product.category, dim_product.department, dim_product.cost,
  dim_product.retail_price, dim_product.valid_to, dim_product.is_current, dim_product.is_deleted, dim_product.is_inferred
) is distinct from (
  excluded.sku, excluded.name, excluded.brand, excluded.category, excluded.department, excluded.cost,
  excluded.retail_price, excluded.valid_to, excluded.is_current, excluded.is_deleted, excluded.is_inferred
)
