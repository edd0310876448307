-- grain: one row per event that arrived, without those of which a version received later, or as late, is known
-- inputs: versions, known
create or replace temp table newest as
select *
from versions
where not exists (select 1 from known where known.id = versions.id and known.received_at >= versions.received_at)
