-- How many customers come back in the months after their first order?
-- inputs: cohort_kpis_view; units: money in the shop's currency, percent
select
  cohort_month,
  months_since,
  customers,
  active_customers,
  retention_rate,
  revenue
from cohort_kpis_view
order by cohort_month, months_since
