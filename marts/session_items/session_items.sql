-- One row per session, event_date, product_id and list_name with an item in an event.
-- inputs: counted_event_items, transactions, sessions; units: items
with items as (
  select
    counted_event_items.event_id,
    counted_event_items.event_time,
    coalesce(counted_event_items.product_id, '') as product_id,
    coalesce(counted_event_items.list_name, '') as list_name,
    case
      when counted_event_items.event_name = 'purchase' and counted_event_items.transaction_id is not null
        and transactions.event_id is null
        then 'repeated purchase'
      else counted_event_items.event_name
    end as what,
    coalesce(sessions.session_key, concat('///', counted_event_items.event_id)) as session_key,
    counted_event_items.visitor_id,
    counted_event_items.session_id,
    coalesce(sessions.started_at, counted_event_items.event_time) as started_at,
    sessions.is_engaged
  from counted_event_items
  left join transactions on transactions.event_id = counted_event_items.event_id
  left join sessions
    on sessions.visitor_id is not distinct from counted_event_items.visitor_id
    and sessions.session_id is not distinct from counted_event_items.session_id
    and counted_event_items.event_time between sessions.started_at and sessions.ended_at
  where counted_event_items.event_name in ('view_item_list', 'select_item', 'view_item', 'add_to_cart', 'purchase')
),

selected as (
  select
    *,
    max(case when what = 'select_item' then 1 else 0 end) over (partition by session_key, product_id, list_name) as has_select
  from items
)

select
  session_key,
  cast(from_utc_timestamp(event_time, $[time_zone]) as date) as event_date,
  product_id,
  list_name,
  max(visitor_id) as visitor_id,
  max(session_id) as session_id,
  max(started_at) as started_at,
  bool_or(is_engaged) as is_engaged,
  count(*) filter (where what = 'view_item_list') as impressions,
  count(*) filter (where what = 'select_item' or (what = 'view_item' and list_name <> '' and has_select = 0)) as clicks,
  count(*) filter (where what = 'view_item') as views,
  count(*) filter (where what = 'add_to_cart') as carts,
  count(*) filter (where what = 'purchase') as purchases
from selected
group by 1, 2, 3, 4
having count(*) filter (where what <> 'repeated purchase') > 0
