# One pass over the table; nested columns are counted, but have no lowest and highest.
def _summary_of(table):
    from pyspark.sql import functions as F
    from pyspark.sql.types import AtomicType, BinaryType

    def short(value):
        return "" if value is None else str(value)[:60]

    frame = spark.table(table)
    asked = [F.count(F.lit(1))]
    for field in frame.schema.fields:
        column = F.col("`" + field.name.replace("`", "``") + "`")
        plain = isinstance(field.dataType, AtomicType) and not isinstance(field.dataType, BinaryType)
        asked += [F.count(column), *((F.min(column), F.max(column)) if plain else (F.lit(None), F.lit(None)))]
    total, *found = frame.agg(*asked).first()
    print(f"{table}: {total:,} rows, {len(frame.columns)} columns")
    return [
        {
            "column": field.name,
            "type": field.dataType.simpleString()[:60],
            "values": found[3 * i],
            "missing": total - found[3 * i],
            "lowest": short(found[3 * i + 1]),
            "highest": short(found[3 * i + 2]),
        }
        for i, field in enumerate(frame.schema.fields)
    ]

summary = _summary_of(table)
%table summary
