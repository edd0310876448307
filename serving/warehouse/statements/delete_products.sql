-- Inferred members whose last fact is gone.
delete from dim_product
where product_key in (select product_key from released_members)
  and is_inferred
  and not exists (select 1 from fact_order_items where fact_order_items.product_key = dim_product.product_key)
  and not exists (select 1 from fact_events where fact_events.product_key = dim_product.product_key)
