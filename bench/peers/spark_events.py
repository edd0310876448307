"""PySpark with Delta Lake: raw files of events, a table of events, sessions, funnel.

Reads the lines with a schema, leaves out invalid and repeated events, finds where a visit came from, and cuts sessions by the
rules of docs/events.md. Of the rules for sources and channels, and of the programs that are no people, it has those that the
simulated visits need; browsers and items are left out.
"""

import os

from common import Times, arguments, is_warm_up, write_answer
from pyspark.sql import functions as F
from spark_session import session

EVENT = (
    "event_id STRING, event_name STRING, event_time STRING, user_id STRING, client_id STRING, session_id STRING, "
    "page_url STRING, referrer STRING, user_agent STRING, transaction_id STRING, value STRING"
)
RAW = f"event_id STRING, received_at STRING, event STRUCT<{EVENT.replace(' STRING', ': STRING')}>"

BOTS = "(?i)bot|crawl|spider|headless|python-requests"

PARSED = r"""
select event_id, timestamp(received_at) as received_at, timestamp(event.event_time) as event_time, event.event_name,
       coalesce(event.client_id, event.user_id) as visitor_id, event.session_id, event.transaction_id,
       event.value as value_text, try_cast(event.value as decimal(18, 4)) as value, event.user_agent,
       parse_url(event.page_url, 'HOST') as page_host,
       regexp_replace(parse_url(event.referrer, 'HOST'), '^www[.]', '') as referrer_host,
       parse_url(event.page_url, 'QUERY', 'utm_source') as utm_source,
       parse_url(event.page_url, 'QUERY', 'utm_medium') as utm_medium,
       parse_url(event.page_url, 'QUERY', 'utm_campaign') as utm_campaign,
       parse_url(event.page_url, 'QUERY', 'gclid') as gclid
from raw
"""

VALID = """
select *, case when referrer_host <> page_host then referrer_host end as other_host,
       regexp_extract(referrer_host, '^(google|bing|duckduckgo)[.]', 1) as engine
from parsed
where event_time >= timestamp '2000-01-01' and event_time <= received_at + interval 24 hours
  and (value_text is null or value is not null)
"""

SOURCES = """
select *,
  case when utm_source is not null then utm_source
       when gclid is not null then 'google'
       when other_host is null then '(direct)'
       when engine <> '' then engine
       else other_host end as source,
  case when utm_source is not null then utm_medium
       when gclid is not null then 'cpc'
       when other_host is null then '(none)'
       when engine <> '' then 'organic'
       else 'referral' end as medium
from valid
"""

CHANNELS = """
select event_id, event_name, event_time, cast(event_time as date) as event_date, visitor_id, session_id, transaction_id, value,
  source, medium, utm_campaign as campaign,
  case when source = '(direct)' then 'Direct'
       when source in ('google', 'bing', 'duckduckgo') and medium rlike 'cp|^ppc$|^retargeting$|^paid' then 'Paid Search'
       when source rlike '(^|[.])(facebook|instagram)([.]|$)' then
         case when medium rlike 'cp|^ppc$|^retargeting$|^paid' then 'Paid Social' else 'Organic Social' end
       when source rlike '(^|[.])youtube([.]|$)' then 'Organic Video'
       when medium = 'organic' then 'Organic Search'
       when medium = 'referral' then 'Referral'
       when medium = 'email' then 'Email'
       when medium = 'affiliate' then 'Affiliates'
       else 'Unassigned' end as channel
from sources
"""

# A purchase counts once for each transaction: the earliest.
ORDERED = """
select *, unix_micros(event_time) as micros,
  lag(unix_micros(event_time)) over (partition by visitor_id, session_id order by event_time, event_id) as previous_micros,
  row_number() over (partition by visitor_id, session_id order by event_time, event_id) as place,
  case when event_name = 'purchase' and transaction_id is not null and
            row_number() over (partition by event_name, transaction_id order by event_time, event_id) > 1
       then 'repeated purchase' else event_name end as what
from events
where visitor_id is not null or session_id is not null
"""

KEYED = """
select *, concat(
    coalesce(replace(replace(visitor_id, '%', '%25'), '/', '%2F'), ''), '/',
    coalesce(replace(replace(session_id, '%', '%25'), '/', '%2F'), concat('/', cast(start_micros as string)))
  ) as session_key
from (
  select *, max(case when previous_micros is null or (session_id is null and micros - previous_micros > 30 * 60 * 1000000)
                     then micros end)
      over (partition by visitor_id, session_id order by event_time, event_id rows unbounded preceding) as start_micros
  from ordered
)
"""

# The closed funnel: each step at or after the first one of the step before.
FUNNEL_STEPS = """
select session_key,
  case when purchased then 4 when checked_out_micros is not null then 3 when carted_micros is not null then 2
       when viewed_micros is not null then 1 else 0 end as funnel_steps
from (
  select session_key, viewed_micros, carted_micros, checked_out_micros,
         exists(steps, step -> step.what = 'purchase' and step.micros >= checked_out_micros) as purchased
  from (
    select *, array_min(transform(filter(steps, step -> step.what = 'begin_checkout' and step.micros >= carted_micros),
                                  step -> step.micros)) as checked_out_micros
    from (
      select *, array_min(transform(filter(steps, step -> step.what = 'add_to_cart' and step.micros >= viewed_micros),
                                    step -> step.micros)) as carted_micros
      from (
        select session_key, collect_list(struct(what, micros)) as steps,
               min(micros) filter (where what = 'view_item') as viewed_micros
        from keyed
        where what in ('view_item', 'add_to_cart', 'begin_checkout', 'purchase')
        group by session_key
      )
    )
  )
)
"""

SESSIONS = """
select t.*, coalesce(s.funnel_steps, 0) as funnel_steps
from (
  select session_key, max(visitor_id) as visitor_id, max(session_id) as session_id,
    cast(min(event_time) as date) as event_date,
    cast((max(micros) - min(micros)) / cast(1000000 as decimal(7, 0)) as decimal(18, 6)) as duration_seconds,
    count(*) as events,
    count_if(what = 'page_view') as page_views,
    coalesce(min_by(source, place) filter (where channel <> 'Direct'), '(direct)') as source,
    coalesce(min_by(medium, place) filter (where channel <> 'Direct'), '(none)') as medium,
    nullif(min_by(coalesce(campaign, ''), place) filter (where channel <> 'Direct'), '') as campaign,
    coalesce(min_by(channel, place) filter (where channel <> 'Direct'), 'Direct') as channel,
    count_if(what = 'view_item') as item_views,
    count_if(what = 'add_to_cart') as cart_additions,
    count_if(what = 'begin_checkout') as checkouts,
    count_if(what = 'purchase') as purchases,
    coalesce(sum(value) filter (where what = 'purchase'), 0) as revenue,
    max(micros) - min(micros) > 10000000 or count_if(what = 'page_view') >= 2 or count_if(what = 'purchase') > 0 as is_engaged
  from keyed
  group by session_key
) t
left join funnel_steps s using (session_key)
"""

FUNNEL = """
select event_date, channel, count(*) as sessions, count_if(funnel_steps >= 1) as viewed, count_if(funnel_steps >= 2) as carted,
  count_if(funnel_steps >= 3) as checked_out, count_if(funnel_steps >= 4) as purchased, count_if(item_views > 0) as viewed_any,
  count_if(cart_additions > 0) as carted_any, count_if(checkouts > 0) as checked_out_any,
  count_if(purchases > 0) as purchased_any,
  round(cast(100 * count_if(purchases > 0) as decimal(20, 0)) / count(*), 2) as conversion_rate
from sessions
group by event_date, channel
"""


def view(spark, name, query):
    spark.sql(query).createOrReplaceTempView(name)


def publish(spark, work, name, query):
    """Writes a table, and goes on with its rows."""
    path = os.path.join(work, name)
    spark.sql(query).write.format("delta").mode("overwrite").save(path)
    spark.read.format("delta").load(path).createOrReplaceTempView(name)


def main():
    if is_warm_up():
        session("/tmp").stop()
        return
    work, out, files = arguments()
    times = Times()
    spark = session(work)
    spark.sparkContext.setLogLevel("ERROR")
    times.mark("session")
    raw = spark.read.schema(RAW).option("recursiveFileLookup", True).option("pathGlobFilter", "*.gz").json(files)
    raw.createOrReplaceTempView("raw")
    view(spark, "parsed", PARSED)
    view(spark, "valid", VALID)
    spark.sql(SOURCES).where(~F.col("user_agent").rlike(BOTS)).dropDuplicates(
        ["event_id"]
    ).createOrReplaceTempView("sources")
    spark.sql(CHANNELS).write.format("delta").partitionBy("event_date").save(os.path.join(work, "events"))
    spark.read.format("delta").load(os.path.join(work, "events")).createOrReplaceTempView("events")
    times.mark("events")
    view(spark, "ordered", ORDERED)
    spark.sql(KEYED).cache().createOrReplaceTempView("keyed")
    view(spark, "funnel_steps", FUNNEL_STEPS)
    publish(spark, work, "sessions", SESSIONS)
    times.mark("sessions")
    publish(spark, work, "funnel_kpis", FUNNEL)
    times.mark("funnel")
    tables = {name: [row.asDict() for row in spark.table(name).collect()] for name in ("sessions", "funnel_kpis")}
    # That is for the comparison only.
    times.mark("answer")
    spark.stop()
    write_answer(out, times, **tables)


main()
