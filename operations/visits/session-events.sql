-- One row per event of a session, in their order, after a place in it, with the items of the event as JSON. is_repeated: a purchase
-- that does not count, as another event has its transaction.
-- $visitor, $session: ids, null as a value; $low, $high: the first and last microsecond since 1970, both included;
-- $after_micros, $after_id: the place, null for the first rows; $limit
with of_session as (
  select *
  from events
  where visitor_id is not distinct from cast($visitor as varchar)
    and session_id is not distinct from cast($session as varchar)
    and epoch_us(event_time) between cast($low as bigint) and cast($high as bigint)
    and not is_bot
),

page as (
  select *
  from of_session
  where cast($after_id as varchar) is null
    or (epoch_us(event_time), event_id) > (cast($after_micros as bigint), $after_id)
  order by event_time, event_id
  limit cast($limit as integer)
),

items as (
  select
    event_items.event_id,
    to_json(
      list(
        {
          product_id: event_items.product_id,
          name: event_items.name,
          category: event_items.category,
          price: cast(event_items.price as varchar),
          quantity: cast(event_items.quantity as varchar),
          list_name: event_items.list_name,
          position: cast(event_items.position as varchar)
        }
        order by event_items.item_index
      )
    ) as items
  from event_items
  join page on page.event_id = event_items.event_id and event_items.item_index < page.item_count
  group by event_items.event_id
)

select
  page.event_id,
  page.event_name,
  epoch_us(page.event_time) as micros,
  page.page_path,
  page.traffic_source,
  page.traffic_medium,
  page.user_id,
  page.transaction_id,
  cast(page.value as varchar) as value,
  page.currency,
  page.event_name = 'purchase' and page.transaction_id is not null
    and page.event_id not in (select event_id from transactions) as is_repeated,
  page.source as entry_point,
  items.items,
  (select count(*) from of_session) as total
from page
left join items on items.event_id = page.event_id
order by page.event_time, page.event_id
