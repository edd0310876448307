-- The intervals that are none any more.
delete from dim_product using moved_products
where dim_product.product_key = moved_products.product_key and moved_products.from_at is null
