-- live_events: one row per event of a person. step: 1 product view, 2 cart, 3 checkout, 4 purchase, 0 anything else.
-- live_items: one row per product that was viewed, put into a cart, or bought.
-- id, visitor and transaction are 64-bit hashes, which take less memory than the texts. Times are UTC.
-- arrived_events, arrived_items: as normalised, until they are merged.
create table live_events (
  id ubigint, received_at timestamp, happened_at timestamp, step utinyint, visitor ubigint,
  transaction ubigint, value decimal(18, 4), currency varchar
);
create table live_items (
  id ubigint, happened_at timestamp, step utinyint, product_id varchar, name varchar, quantity bigint
);
create table arrived_events (
  number integer, event_id varchar, received_at varchar, event_time varchar, event_name varchar, visitor_id varchar,
  transaction_id varchar, value varchar, currency varchar
);
create table arrived_items (number integer, product_id varchar, name varchar, quantity varchar);
-- One row per purchase that counts: of several with one transaction the earliest.
create view live_sales as
select id, happened_at, value, currency
from live_events
where step = 4
qualify transaction is null or row_number() over (partition by transaction order by happened_at, id) = 1
