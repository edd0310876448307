-- live_events: one row per event of a person. step: 1 product view, 2 cart, 3 checkout, 4 purchase, 0 anything else. name and origin
-- are codes, origin null if the event is direct.
-- live_purchases: one row per event that is a purchase.
-- live_items: one row per product that was viewed, put into a cart, or bought.
-- live_products: one row per product, with the latest name.
-- live_bots: one row per event of a program.
-- id, visitor, transaction and product are 64-bit hashes, which take less memory than the texts. Times are UTC.
-- arrived_events, arrived_items, arrived_bots: as normalised, until they are merged.
create table live_events (
  id ubigint, received_at timestamp, happened_at timestamp, step utinyint, visitor ubigint, name usmallint, origin usmallint
);
create table live_purchases (
  id ubigint, happened_at timestamp, visitor ubigint, origin usmallint, transaction ubigint, value decimal(18, 4), currency varchar
);
create table live_items (
  id ubigint, happened_at timestamp, step utinyint, product ubigint, quantity bigint
);
create table live_products (product ubigint, product_id varchar, name varchar, named_at timestamp);
create table live_bots (id ubigint, happened_at timestamp);
create table arrived_events (
  number integer, name usmallint, origin usmallint, event_id varchar, received_at varchar, event_time varchar, event_name varchar,
  visitor_id varchar, transaction_id varchar, value varchar, currency varchar
);
create table arrived_items (number integer, product_id varchar, name varchar, quantity varchar);
create table arrived_bots (event_id varchar, received_at varchar, event_time varchar);
-- One row per purchase that counts: of several with one transaction the earliest.
create view live_sales as
select id, happened_at, visitor, origin, value, currency
from live_purchases
qualify transaction is null or row_number() over (partition by transaction order by happened_at, id) = 1
