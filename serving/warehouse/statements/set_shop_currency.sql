-- The shop's currency, null if the deployment names none. $1: ISO 4217 code
update shop set currency_code = cast($1 as varchar(3))
where coalesce(currency_code, '') <> coalesce(cast($1 as varchar(3)), '')
