-- Views for analysts. Percentages are rounded half up to 2 decimals, and null where the divisor is 0.

create view daily_sales as
with counted_orders as (
  select fact_orders.*
  from fact_orders
  where coalesce(
    is_counted,
    exists (select from fact_order_items where fact_order_items.order_id = fact_orders.order_id)
  )
),

item_totals as (
  select
    order_id,
    sum(quantity) as units,
    sum(sale_price) as revenue,
    sum(quantity) filter (where is_returned) as returned_units,
    sum(sale_price) filter (where is_returned) as returned_revenue
  from fact_order_items
  where is_counted
  group by order_id
)

select
  counted_orders.order_date,
  count(*) as orders,
  count(*) filter (where counted_orders.is_returned) as returned_orders,
  coalesce(sum(item_totals.units), 0) as units,
  coalesce(sum(item_totals.revenue), 0) as revenue,
  coalesce(sum(item_totals.returned_units), 0) as returned_units,
  coalesce(sum(item_totals.returned_revenue), 0) as returned_revenue
from counted_orders
left join item_totals on item_totals.order_id = counted_orders.order_id
group by counted_orders.order_date;
comment on view daily_sales is 'one row per day with an order that the KPIs include';
comment on column daily_sales.order_date is 'day of the order in the reporting time zone';
comment on column daily_sales.orders is 'orders of the day';
comment on column daily_sales.returned_orders is 'those with status returned';
comment on column daily_sales.units is 'pieces in the orders';
comment on column daily_sales.revenue is 'of their items, in the shop''s currency';
comment on column daily_sales.returned_units is 'pieces of items with status returned';
comment on column daily_sales.returned_revenue is 'revenue of items with status returned';

create view session_events as
with events as (
  select
    event_id,
    visitor_id,
    session_id,
    event_time,
    event_name,
    event_name = 'purchase' and transaction_id is not null and row_number() over (
      partition by event_name = 'purchase', transaction_id order by event_time, event_id
    ) > 1 as is_repeated
  from fact_events
  where is_first and not is_bot
),

started as (
  select
    *,
    session_id is null and event_time - lag(event_time) over visit > interval '30 minutes' as is_start
  from events
  where visitor_id is not null or session_id is not null
  window visit as (partition by visitor_id, session_id order by event_time, event_id)
),

numbered as (
  select
    *,
    count(*) filter (where is_start) over (partition by visitor_id, session_id order by event_time, event_id) as number
  from started
),

sessions as (
  select
    visitor_id,
    session_id,
    number,
    min(event_time) as started_at,
    max(event_time) - min(event_time) > interval '10 seconds'
      or count(*) filter (where event_name = 'page_view') >= 2
      or count(*) filter (where event_name = 'purchase' and not is_repeated) > 0 as is_engaged
  from numbered
  group by visitor_id, session_id, number
)

select
  events.event_id,
  events.is_repeated,
  case
    when sessions.number is null then null
    else jsonb_build_array(sessions.visitor_id, sessions.session_id, sessions.number)::text
  end as session_key,
  sessions.started_at,
  sessions.is_engaged
from events
left join numbered on numbered.event_id = events.event_id
left join sessions
  on sessions.visitor_id is not distinct from numbered.visitor_id
  and sessions.session_id is not distinct from numbered.session_id
  and sessions.number = numbered.number;
comment on view session_events is 'one row per event of a person, with its session; it reads all events';
comment on column session_events.event_id is 'fact_events';
comment on column session_events.is_repeated is 'a purchase of a transaction that has an earlier one: it does not count';
comment on column session_events.session_key is 'session: the events of a visitor with one session_id, or without one and no gap of more than 30 minutes; null if visitor and session are unknown';
comment on column session_events.started_at is 'start of the session';
comment on column session_events.is_engaged is 'the session lasts more than 10 seconds, has two page views, or a purchase';

create view list_engagement as
with items as (
  select
    fact_events.event_date,
    fact_events.event_name,
    fact_events.list_name,
    dim_product.product_id,
    coalesce(session_events.session_key, fact_events.event_id) as visit,
    session_events.session_key,
    session_events.is_engaged
  from fact_events
  join dim_product on dim_product.product_key = fact_events.product_key
  join session_events on session_events.event_id = fact_events.event_id
  where fact_events.event_name in ('view_item_list', 'select_item', 'view_item')
    and fact_events.item_index >= 0
    and fact_events.list_name <> ''
),

interactions as (
  select
    *,
    event_name = 'view_item_list' as is_impression,
    event_name = 'select_item'
      or event_name = 'view_item'
      and not bool_or(event_name = 'select_item') over (partition by session_key is null, visit, product_id, list_name)
      as is_click
  from items
)

select
  list_name,
  event_date,
  count(*) filter (where is_impression) as impressions,
  count(*) filter (where is_click) as clicks,
  round(100.0 * count(*) filter (where is_click) / nullif(count(*) filter (where is_impression), 0), 2) as ctr,
  count(distinct session_key) as sessions,
  count(distinct session_key) filter (where is_engaged) as engaged_sessions
from interactions
where is_impression or is_click
group by list_name, event_date;
comment on view list_engagement is 'one row per list and day with an impression or a click';
comment on column list_engagement.list_name is 'list in which products are shown';
comment on column list_engagement.event_date is 'day of the events in the reporting time zone';
comment on column list_engagement.impressions is 'items in view_item_list events';
comment on column list_engagement.clicks is 'items in select_item events, and in view_item events with the list if the session has no select_item for the product and the list';
comment on column list_engagement.ctr is '100 x clicks / impressions';
comment on column list_engagement.sessions is 'sessions with an impression or a click on the day';
comment on column list_engagement.engaged_sessions is 'those that last more than 10 seconds, have two page views, or a purchase';

create view product_funnel as
select
  dim_product.product_id,
  fact_events.event_date,
  count(*) filter (where event_name = 'view_item_list') as impressions,
  count(*) filter (where event_name = 'view_item') as views,
  count(*) filter (where event_name = 'add_to_cart') as carts,
  count(*) filter (where event_name = 'begin_checkout') as checkouts,
  count(*) filter (where event_name = 'purchase') as purchases,
  round(
    100.0 * count(*) filter (where event_name = 'add_to_cart') / nullif(count(*) filter (where event_name = 'view_item'), 0), 2
  ) as view_to_cart,
  round(
    100.0 * count(*) filter (where event_name = 'purchase') / nullif(count(*) filter (where event_name = 'view_item'), 0), 2
  ) as view_to_purchase
from fact_events
join dim_product on dim_product.product_key = fact_events.product_key
join session_events on session_events.event_id = fact_events.event_id and not session_events.is_repeated
where fact_events.event_name in ('view_item_list', 'view_item', 'add_to_cart', 'begin_checkout', 'purchase')
  and dim_product.product_id is not null
group by dim_product.product_id, fact_events.event_date;
comment on view product_funnel is 'one row per product and day with an item in one of its steps';
comment on column product_funnel.product_id is 'id in the shop';
comment on column product_funnel.event_date is 'day of the events in the reporting time zone';
comment on column product_funnel.impressions is 'items in view_item_list events';
comment on column product_funnel.views is 'items in view_item events';
comment on column product_funnel.carts is 'items in add_to_cart events';
comment on column product_funnel.checkouts is 'items in begin_checkout events';
comment on column product_funnel.purchases is 'items in purchase events, of a transaction in the earliest only';
comment on column product_funnel.view_to_cart is '100 x carts / views';
comment on column product_funnel.view_to_purchase is '100 x purchases / views';

create view live_events as
with events as (
  select
    event_id,
    event_name,
    visitor_id,
    transaction_id,
    value,
    currency_key,
    least(event_time, received_at) as happened_at,
    event_name = 'purchase' and transaction_id is not null and row_number() over (
      partition by event_name = 'purchase', transaction_id order by least(event_time, received_at), event_id
    ) > 1 as is_repeated
  from fact_events
  where is_first
    and not is_bot
    and event_time > now() - interval '1 day'
    and least(event_time, received_at) > now() - interval '1 day'
)

select windows.minutes, events.*
from events
join (values (5), (60), (1440)) as windows (minutes)
  on events.happened_at > now() - make_interval(mins => windows.minutes);
comment on view live_events is 'one row per event of a person and window that it is in';
comment on column live_events.minutes is 'length of the window, which ends now: 5, 60 or 1440';
comment on column live_events.event_id is 'fact_events';
comment on column live_events.event_name is 'as in fact_events';
comment on column live_events.visitor_id is 'as in fact_events';
comment on column live_events.transaction_id is 'as in fact_events';
comment on column live_events.value is 'as in fact_events';
comment on column live_events.currency_key is 'dim_currency';
comment on column live_events.happened_at is 'time of the event, at the latest when it was received';
comment on column live_events.is_repeated is 'a purchase of a transaction that has an earlier one in the last day: it does not count';

create view live_sales as
select
  live_events.minutes,
  dim_currency.currency_code,
  count(*) as purchases,
  coalesce(sum(live_events.value), 0) as revenue
from live_events
join dim_currency on dim_currency.currency_key = live_events.currency_key
where live_events.event_name = 'purchase' and not live_events.is_repeated
group by live_events.minutes, dim_currency.currency_code;
comment on view live_sales is 'one row per window and currency with a purchase';
comment on column live_sales.minutes is 'length of the window, which ends now: 5, 60 or 1440';
comment on column live_sales.currency_code is 'ISO 4217 code; null if not given';
comment on column live_sales.purchases is 'purchases; of a transaction the earliest';
comment on column live_sales.revenue is 'their values, in the currency';

create view live_funnel as
select
  windows.minutes,
  count(live_events.event_id) as events,
  count(distinct visitor_id) as visitors,
  count(distinct visitor_id) filter (where event_name = 'view_item') as viewed,
  count(distinct visitor_id) filter (where event_name = 'add_to_cart') as carted,
  count(distinct visitor_id) filter (where event_name = 'begin_checkout') as checked_out,
  count(distinct visitor_id) filter (where event_name = 'purchase') as purchased
from (values (5), (60), (1440)) as windows (minutes)
left join live_events on live_events.minutes = windows.minutes
group by windows.minutes;
comment on view live_funnel is 'one row per window: what visitors did in it, whatever they did before';
comment on column live_funnel.minutes is 'length of the window, which ends now: 5, 60 or 1440';
comment on column live_funnel.events is 'events of people';
comment on column live_funnel.visitors is 'visitors with an event';
comment on column live_funnel.viewed is 'visitors who viewed a product';
comment on column live_funnel.carted is 'visitors who put a product into the cart';
comment on column live_funnel.checked_out is 'visitors who began a checkout';
comment on column live_funnel.purchased is 'visitors who purchased';
