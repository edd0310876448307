-- An inferred member for each product that facts name before a version of it is known.
-- named: query of the column product_id; if_absent: what is done with those that another transaction has just inserted
insert into dim_product (product_id, category, valid_from, valid_to, is_current, is_deleted, is_inferred)
select
  product_id,
  'Unknown',
  timestamptz '1900-01-01 00:00:00+00',
  timestamptz '9999-12-31 00:00:00+00',
  true,
  false,
  true
from ($[named]) as named
where product_id is not null and not exists (select 1 from dim_product where dim_product.product_id = named.product_id)
order by named.product_id
$[if_absent]
