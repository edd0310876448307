-- Facts of the versions that end earlier get the version that is valid at their time.
-- fact: table; at: its column of the time; valid_at: the time, within the intervals of products
update $[fact] set product_key = dim_product.product_key
from moved_products
join dim_product on dim_product.product_id = moved_products.product_id
where $[fact].product_key = moved_products.product_key
  and ($[fact].$[at] >= moved_products.from_at or moved_products.from_at is null)
  and dim_product.valid_from <= $[valid_at]
  and $[valid_at] < dim_product.valid_to
  and dim_product.product_key <> moved_products.product_key
  and dim_product.product_key not in (select product_key from moved_products where from_at is null)
