-- Each event and item, with the members of its dimensions that are valid at its time.
insert into fact_events (
  event_id, item_index, user_key, product_key, time_key, currency_key, event_name, event_date, event_time, received_at,
  is_first, is_bot, visitor_id, session_id, page_path, traffic_source, traffic_medium, campaign, channel, device_type,
  country, transaction_id, value, list_name, position, price, quantity
)
select
  staged_events.event_id,
  staged_events.item_index,
  coalesce(dim_user.user_key, -1),
  coalesce(dim_product.product_key, -1),
  to_char(staged_events.starts_at, 'YYYYMMDDHH24')::bigint,
  coalesce(dim_currency.currency_key, -1),
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
  and dim_product.valid_from <= version_time(staged_events.event_time)
  and version_time(staged_events.event_time) < dim_product.valid_to
order by staged_events.event_id, staged_events.item_index
on conflict (event_id, item_index) do update set
  user_key = excluded.user_key,
  product_key = excluded.product_key,
  time_key = excluded.time_key,
  currency_key = excluded.currency_key,
  event_name = excluded.event_name,
  event_date = excluded.event_date,
  event_time = excluded.event_time,
  received_at = excluded.received_at,
  is_first = excluded.is_first,
  is_bot = excluded.is_bot,
  visitor_id = excluded.visitor_id,
  session_id = excluded.session_id,
  page_path = excluded.page_path,
  traffic_source = excluded.traffic_source,
  traffic_medium = excluded.traffic_medium,
  campaign = excluded.campaign,
  channel = excluded.channel,
  device_type = excluded.device_type,
  country = excluded.country,
  transaction_id = excluded.transaction_id,
  value = excluded.value,
  list_name = excluded.list_name,
  position = excluded.position,
  price = excluded.price,
  quantity = excluded.quantity
where fact_events is distinct from excluded
