-- An inferred member for each user that facts name before anything else is known.
-- named: query of the column user_id
insert into dim_user (user_id, is_inferred)
select user_id, true
from ($[named]) as named
where user_id is not null and not exists (select from dim_user where dim_user.user_id = named.user_id)
order by named.user_id
on conflict (user_id) do nothing
