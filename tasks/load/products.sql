-- One row per product and interval in which its columns did not change. The intervals of a product begin at 1900-01-01, and have no gaps.
-- rows: relation of the columns below, the versions of products; at: time of a version; newest_first: order of the versions of a product;
-- blanks: string literal; category_length: maximum length of a category, in characters
with versions as (
  select
    cast(id as varchar) as product_id,
    greatest(least(cast($[at] as timestamptz), timestamptz '9999-12-30 00:00:00+00'), timestamptz '1900-01-01 00:00:00+00') as begins_at,
    coalesce(_deleted, false) as is_deleted,
    struct_pack(
      sku := cast(sku as varchar),
      name := cast(name as varchar),
      brand := cast(brand as varchar),
      category := nullif(left(trim(both $[blanks] from category), $[category_length]), ''),
      department := cast(department as varchar),
      cost := cost,
      retail_price := retail_price
    ) as described,
    row_number() over (
      partition by id, greatest(least(cast($[at] as timestamptz), timestamptz '9999-12-30 00:00:00+00'), timestamptz '1900-01-01 00:00:00+00')
      order by $[newest_first]
    ) as nth
  from $[rows] as products
),

compared as (
  select
    product_id,
    begins_at,
    is_deleted,
    case when not is_deleted then described end as described,
    lag(begins_at) over version as previous_at,
    lag(is_deleted) over version as was_deleted,
    lag(case when not is_deleted then described end) over version as previous
  from versions
  where nth = 1
  window version as (partition by product_id order by begins_at)
),

changed as (
  select *
  from compared
  where previous_at is null or is_deleted <> was_deleted or described is distinct from previous
)

select
  product_id,
  described.sku as sku,
  described.name as name,
  described.brand as brand,
  coalesce(described.category, 'Unknown') as category,
  described.department as department,
  described.cost as cost,
  described.retail_price as retail_price,
  case when previous_at is null then timestamptz '1900-01-01 00:00:00+00' else begins_at end as valid_from,
  coalesce(lead(begins_at) over version, timestamptz '9999-12-31 00:00:00+00') as valid_to,
  lead(begins_at) over version is null as is_current,
  is_deleted,
  false as is_inferred
from changed
window version as (partition by product_id order by begins_at)
