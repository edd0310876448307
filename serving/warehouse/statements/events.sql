-- Each event and item, with the members of its dimensions that are valid at its time.
-- valid_at: the time, within the intervals of products
select
  staged_events.event_id,
  staged_events.item_index,
  coalesce(dim_user.user_key, -1) as user_key,
  coalesce(dim_product.product_key, -1) as product_key,
  to_char(staged_events.starts_at, 'YYYYMMDDHH24')::bigint as time_key,
  coalesce(dim_currency.currency_key, -1) as currency_key,
  staged_events.event_name,
  staged_events.event_date,
  staged_events.event_time,
  staged_events.received_at,
  staged_events.is_first,
  staged_events.is_bot,
  staged_events.visitor_id,
  staged_events.session_id,
  staged_events.page_path,
  staged_events.traffic_source,
  staged_events.traffic_medium,
  staged_events.campaign,
  staged_events.channel,
  staged_events.device_type,
  staged_events.country,
  staged_events.transaction_id,
  staged_events.value,
  staged_events.list_name,
  staged_events.position,
  staged_events.price,
  staged_events.quantity
from staged_events
left join dim_user on dim_user.user_id = staged_events.user_id
left join dim_currency on dim_currency.currency_code = staged_events.currency_code
left join dim_product
  on dim_product.product_id = staged_events.product_id
  and dim_product.valid_from <= $[valid_at]
  and $[valid_at] < dim_product.valid_to
