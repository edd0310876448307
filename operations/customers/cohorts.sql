-- The cells of the newest cohorts, and the last month of all, which the cells of every cohort reach to.
-- cohorts: relation of cohort_kpis; $count: number of cohorts; units: money in the shop's currency, percent
with newest as (
  select distinct cohort_month from $[cohorts] order by cohort_month desc limit $count
)

select
  cast(cohort_month as varchar) as month,
  cast(months_since as integer) as months_since,
  customers,
  active_customers,
  cast(retention_rate as varchar) as retention_rate,
  cast(revenue as varchar) as revenue,
  cast((select max(cohort_month + to_months(cast(months_since as integer))) from $[cohorts]) as date) as last_month
from $[cohorts]
where cohort_month in (select cohort_month from newest)
order by cohort_month desc, months_since
