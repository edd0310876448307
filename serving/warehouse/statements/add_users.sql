-- An inferred member for each user that facts name before anything else is known.
-- named: query of the column user_id; if_absent: what is done with those that another transaction has just inserted
insert into dim_user (user_id, is_inferred)
select user_id, true
from ($[named]) as named
where user_id is not null and not exists (select 1 from dim_user where dim_user.user_id = named.user_id)
order by named.user_id
$[if_absent]
