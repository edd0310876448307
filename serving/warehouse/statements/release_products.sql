-- Products without versions.
insert into released_members (product_key)
select dim_product.product_key
from dim_product
join staged_products on staged_products.product_id = dim_product.product_id
where staged_products.is_inferred
