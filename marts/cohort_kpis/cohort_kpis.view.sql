-- The size of each cohort, all of whom ordered in its first month, and the share that ordered again.
-- input: cohort_kpis
select
  cohort_kpis.cohort_month,
  cohort_kpis.months_since,
  cohort_kpis.active_customers,
  cohort_kpis.revenue,
  cohorts.active_customers as customers,
  cast(
    div(cohort_kpis.active_customers * 20000 + cohorts.active_customers, cohorts.active_customers * 2) as decimal(35, 0)
  ) * cast(0.01 as decimal(3, 2)) as retention_rate
from cohort_kpis
join cohort_kpis as cohorts on cohorts.cohort_month = cohort_kpis.cohort_month and cohorts.months_since = 0
