-- Items that the lake does not have any more.
delete from fact_order_items using touched_order_items
where fact_order_items.order_item_id = touched_order_items.order_item_id
  and not exists (
    select 1 from staged_order_items where staged_order_items.order_item_id = touched_order_items.order_item_id
  )
