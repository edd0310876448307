-- Inferred members whose last fact is gone.
delete from dim_user
where user_key in (select user_key from released_members)
  and is_inferred
  and not exists (select 1 from fact_orders where fact_orders.user_key = dim_user.user_key)
  and not exists (select 1 from fact_order_items where fact_order_items.user_key = dim_user.user_key)
  and not exists (select 1 from fact_events where fact_events.user_key = dim_user.user_key)
