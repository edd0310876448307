-- One row: what a batch changes, in rows.
-- winners: the batch's rows that are written; touched: the keys whose rows are removed from their files; deletes: keys to
-- delete; is_deletion: condition that a row of the batch marks its key as deleted; same_key: h and k
select
  (select count(*) from $[winners]) as written,
  (select count(*) from $[winners] where $[is_deletion]) as flagged,
  (select count(*) from $[touched] where _lake_live) as touched_live,
  (select count(*) from $[touched] as h semi join $[deletes] as k on $[same_key]) as deleted,
  (
    select count(*)
    from (select * from $[touched] where _lake_live) as h
    semi join (select * from $[winners] where $[is_deletion]) as k on $[same_key]
  ) as flagged_over_live
