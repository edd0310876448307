-- The shop's currency, null if the deployment names none. $1: ISO 4217 code
update shop set currency_code = $1
where currency_code is distinct from $1
