-- The versions of each product, under the surrogate keys that they have.
select
  product_id, sku, name, brand, category, department, cost, retail_price, valid_from, valid_to, is_current, is_deleted, is_inferred
from staged_products
