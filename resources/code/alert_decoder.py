"""Decodes the messages of brokers, in whichever of their forms they come: the same code here and on the servers.

container: an Avro file in each message, with its schema (ZTF, ALeRCE, Babamul)
schema in key: a bare Avro datum, its schema as JSON in the message's key (Fink)
confluent: a zero byte, four bytes of a schema's number in a registry, a bare datum (Rubin)
json: a JSON object (Lasair)
given: a bare datum, its schema given by a person
"""


def form_of(key, value, registry=(), given=""):
    """Form of a message, one of the words above; "unknown" if nothing tells how to read it.

    ``registry``: numbers of schemas that are known; () = none, so that a number is only a guess.
    """
    value = bytes(value)
    if value[:4] == b"Obj\x01":
        return "container"
    if _is_schema(key):
        return "schema in key"
    if value[:1] == b"\x00" and len(value) > 5 and int.from_bytes(value[1:5], "big") in registry:
        return "confluent"
    if value.lstrip()[:1] == b"{" and _json(value) is not None:
        return "json"
    if given:
        return "given"
    if value[:1] == b"\x00" and len(value) > 5:
        return "confluent"
    return "unknown"


def schema_number(value):
    """Number of the schema that a Confluent message names."""
    return int.from_bytes(bytes(value)[1:5], "big")


def make_decoder(given="", registry=None):
    """``decode(key, value) -> dict``; None for a message without a value. It raises ValueError with plain words.

    Args:
        given: Avro schema as JSON, for bare data without one.
        registry: number of a schema -> schema as JSON.
    """
    known = {int(number): text for number, text in (registry or {}).items()}
    parsed = {}

    def schema(text):
        import json

        import fastavro

        if text not in parsed:
            if len(parsed) > 64:
                parsed.clear()
            parsed[text] = fastavro.parse_schema(json.loads(text))
        return parsed[text]

    def bare(data, text):
        import io

        import fastavro

        stream = io.BytesIO(data)
        found = fastavro.schemaless_reader(stream, schema(text), None)
        if stream.read(1):
            raise ValueError("more bytes than its schema says")
        return found

    def decode(key, value):
        import io

        if value is None:
            return None
        value = bytes(value)
        form = form_of(key, value, known, given)
        try:
            if form == "json":
                return _json(value)
            if form == "container":
                import fastavro

                found = next(iter(fastavro.reader(io.BytesIO(value))), None)
            elif form == "schema in key":
                found = bare(value, bytes(key).decode("utf-8"))
            elif form == "confluent" and schema_number(value) in known:
                found = bare(value[5:], known[schema_number(value)])
            elif form == "given":
                found = bare(value, given)
            elif form == "confluent":
                raise ValueError("its schema %d is in no registry that was given" % schema_number(value))
            else:
                raise ValueError("nothing says how it is written: give a schema or a registry")
        except ImportError:
            raise
        except ValueError as error:
            raise ValueError("%s: %s" % (form, error)) from error
        except Exception as error:
            raise ValueError("%s: it can not be read (%s: %s)" % (form, type(error).__name__, error)) from error
        if not isinstance(found, dict):
            raise ValueError("%s: it holds no record" % form)
        return found

    return decode


def schema_text(key, value, registry=None, given=""):
    """The schema a message is written by, as JSON; "" if it is JSON or none is known."""
    form = form_of(key, value, registry or (), given)
    if form == "container":
        import io
        import json

        import fastavro

        return json.dumps(fastavro.reader(io.BytesIO(bytes(value))).writer_schema)
    if form == "schema in key":
        return bytes(key).decode("utf-8")
    if form == "confluent":
        return (registry or {}).get(schema_number(value), "")
    return given if form == "given" else ""


def avro_ddl(schema, named=None, inside=""):
    """An Avro schema (parsed JSON) as the type Spark gives such data, ``struct<…>``."""
    named = {} if named is None else named
    if isinstance(schema, list):
        real = [branch for branch in schema if branch != "null"]
        return avro_ddl(real[0], named, inside) if len(real) == 1 else "string"
    if isinstance(schema, dict):
        kind = schema["type"]
        inside = schema.get("namespace", inside)
        if kind in ("record", "error"):
            fields = ",".join(
                "`%s`:%s" % (field["name"].replace("`", "``"), avro_ddl(field["type"], named, inside))
                for field in schema["fields"]
            )
            return _keep(named, schema, inside, "struct<%s>" % fields)
        if kind == "enum":
            return _keep(named, schema, inside, "string")
        if kind == "array":
            return "array<%s>" % avro_ddl(schema["items"], named, inside)
        if kind == "map":
            return "map<string,%s>" % avro_ddl(schema["values"], named, inside)
        logical = schema.get("logicalType", "")
        if logical == "decimal":
            word = "decimal(%d,%d)" % (schema["precision"], schema.get("scale", 0))
        elif logical in ("timestamp-micros", "timestamp-millis"):
            word = "timestamp"
        elif logical == "date":
            word = "date"
        elif kind == "fixed":
            word = "binary"
        else:
            word = avro_ddl(kind, named, inside)
        return _keep(named, schema, inside, word) if kind == "fixed" else word
    simple = {
        "string": "string", "int": "int", "long": "bigint", "float": "float", "double": "double",
        "boolean": "boolean", "bytes": "binary", "null": "string",
    }
    if schema in simple:
        return simple[schema]
    for name in (schema, "%s.%s" % (inside, schema)):
        if name in named:
            return named[name]
    raise ValueError("the schema names %s, which it does not define (or within itself)" % schema)


def _keep(named, schema, inside, word):
    name = schema.get("name", "")
    named[name] = named["%s.%s" % (inside, name)] = word
    return word


def _is_schema(key):
    if not key or bytes(key)[:1] != b"{":
        return False
    found = _json(key)
    return found is not None and found.get("type") == "record" and isinstance(found.get("fields"), list)


def _json(data):
    import json

    try:
        found = json.loads(bytes(data).decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
