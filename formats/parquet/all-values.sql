-- One row that depends on every value of a Parquet file, so that every page of it is decompressed and decoded.
-- relation: of the file
select bit_xor(hash(columns(*))) from $[relation]
