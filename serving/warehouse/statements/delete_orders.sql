-- Orders that the lake does not have any more.
delete from fact_orders using touched_orders
where fact_orders.order_id = touched_orders.order_id
  and not exists (select 1 from staged_orders where staged_orders.order_id = touched_orders.order_id)
