-- Hours whose last fact is gone.
delete from dim_time
where time_key in (select time_key from released_members)
  and not exists (select 1 from fact_orders where fact_orders.time_key = dim_time.time_key)
  and not exists (select 1 from fact_order_items where fact_order_items.time_key = dim_time.time_key)
  and not exists (select 1 from fact_events where fact_events.time_key = dim_time.time_key)
