"""What schemathesis has to know of lines of JSON: they are sent and read as a text."""

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def sent(context, value):
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else str(value).encode()


@schemathesis.deserializer("application/x-ndjson")
def read(context, response):
    return response.content.decode()
