create table ingested_events (
  event_id text primary key,
  ingested_at timestamptz not null default now()
);
comment on table ingested_events is 'one row per event that ingest wrote to fact_events and no load has compared with the lake since';
comment on column ingested_events.event_id is 'fact_events';
comment on column ingested_events.ingested_at is 'when it was written';
