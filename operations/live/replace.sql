-- Deletes the rows of the events that are replaced.
-- inputs: newest, known
create or replace temp table replaced as select id from newest where id in (select id from known);
delete from live_items where id in (select id from replaced);
delete from live_purchases where id in (select id from replaced);
delete from live_events where id in (select id from replaced)
