-- The intervals that end earlier than before, or are none any more.
insert into moved_products (product_key, product_id, from_at)
select
  dim_product.product_key,
  dim_product.product_id,
  staged_products.valid_to
from dim_product
join touched_products on touched_products.product_id = dim_product.product_id
left join staged_products
  on staged_products.product_id = dim_product.product_id
  and staged_products.valid_from = dim_product.valid_from
where staged_products.product_id is null or staged_products.valid_to < dim_product.valid_to
