import psycopg2
from psycopg2.extensions import libpq_version, parse_dsn

WHERE = {"host": "/nowhere", "dbname": "demo", "user": "me"}

assert libpq_version() >= 90000
assert parse_dsn("host=/nowhere dbname=demo user=me") == WHERE
try:
    psycopg2.connect(**WHERE)
except psycopg2.OperationalError as error:
    assert "/nowhere" in str(error)
else:
    raise AssertionError("there is no server to connect to")
