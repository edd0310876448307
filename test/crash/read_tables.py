#!/usr/bin/env python3
"""Reads every row of Delta tables in the local S3 with delta-rs: read_tables.py ENDPOINT BUCKET LOCATION...

Exits 1, with the reason, where a table cannot be read or a file of it is missing. Needs deltalake and pyarrow from PyPI.
"""

import os
import sys

from deltalake import DeltaTable

endpoint, bucket, *locations = sys.argv[1:]
options = {
    "AWS_ENDPOINT_URL": endpoint,
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_REGION": "us-east-1",
    "AWS_ALLOW_HTTP": "true",
}
for location in locations:
    table = DeltaTable(f"s3://{bucket}/{location}", storage_options=options)
    print(location, table.version(), table.to_pyarrow_table().num_rows)
# Without the interpreter's end, in which threads of pyarrow now and then abort the process after everything was read:
# https://github.com/apache/arrow/issues/34314
sys.stdout.flush()
os._exit(0)
