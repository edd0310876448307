-- A product without versions stays an inferred member as long as there are facts: one interval without values.
insert into staged_products (product_id, category, valid_from, valid_to, is_current, is_deleted, is_inferred)
select
  product_id,
  'Unknown',
  timestamptz '1900-01-01 00:00:00+00',
  timestamptz '9999-12-31 00:00:00+00',
  true,
  false,
  true
from (select distinct product_id from touched_products join dim_product using (product_id)) as known
where not exists (select 1 from staged_products where staged_products.product_id = known.product_id)
