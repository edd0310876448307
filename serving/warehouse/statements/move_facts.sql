-- Facts of the versions that end earlier get the version that is valid at their time.
-- fact: table; at: its column of the time
update $[fact] set product_key = dim_product.product_key
from moved_products
join dim_product on dim_product.product_id = moved_products.product_id
where $[fact].product_key = moved_products.product_key
  and $[fact].$[at] >= moved_products.from_at
  and dim_product.valid_from <= version_time($[fact].$[at])
  and version_time($[fact].$[at]) < dim_product.valid_to
  and dim_product.product_key <> moved_products.product_key
  and not exists (
    select from moved_products as ended
    where ended.product_key = dim_product.product_key and ended.from_at = timestamptz '-infinity'
  )
