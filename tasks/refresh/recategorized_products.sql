-- One row per product whose items count under another category than before; one that does not count is Unknown.
-- before, after: relations of counted_products.sql over the rows that changed, as they were and as they are
select coalesce(before.product_id, after.product_id) as product_id
from $[before] as before
full join $[after] as after on after.product_id = before.product_id
where coalesce(before.category, 'Unknown') <> coalesce(after.category, 'Unknown')
