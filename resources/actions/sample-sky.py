# Synthetic alerts in the manner of a sky survey: made on the workers from a fixed seed, needs numpy and no network.
def _alerts_of(first, last):
    """Alerts number ``first`` to ``last``: eight of each object, each with those before it as its light curve."""
    import gzip
    import math

    import numpy as np

    size, per_object = 21, 8
    y, x = np.mgrid[:size, :size] - size // 2
    star = np.exp(-(x**2 + y**2) / 6.0)
    cards = [("SIMPLE", "T"), ("BITPIX", "16"), ("NAXIS", "2"), ("NAXIS1", str(size)), ("NAXIS2", str(size))]
    header = ("".join(f"{k:<8}= {v:>20}".ljust(80) for k, v in cards) + "END".ljust(80)).ljust(2880).encode()

    def stamp(image):
        data = np.clip(image, -32768, 32767).astype(">i2").tobytes()
        return gzip.compress(header + data + bytes(-len(data) % 2880), 1, mtime=0)

    def brightness(kind, days, base, phase, rng):
        if kind == "supernova":
            t = days - phase % 20
            return base + np.minimum(np.where(t < 0, t**2 / 20, 3 * (1 - np.exp(-t / 25))), 21 - base)
        if kind == "variable star":
            return base + 0.6 * np.sin(2 * math.pi * (days / (0.3 + phase % 9) + phase))
        if kind == "active galaxy":
            return base + np.cumsum(rng.normal(0, 0.12, len(days)))
        return base + rng.normal(0, 0.3 if kind == "bogus" else 0.05, len(days))

    kinds = ("variable star", "supernova", "active galaxy", "asteroid", "bogus")
    for number in range(first // per_object, (last - 1) // per_object + 1):
        rng = np.random.default_rng((2026, number))
        kind = kinds[int(rng.choice(5, p=(0.4, 0.15, 0.2, 0.1, 0.15)))]
        ra, dec = rng.uniform(0, 360), math.degrees(math.asin(rng.uniform(-0.5, 1)))
        days = np.sort(rng.uniform(0, 30, per_object))
        mag = brightness(kind, days, rng.uniform(16, 19), rng.uniform(0, 30), rng) + rng.normal(0, 0.03, per_object)
        fids = rng.integers(1, 3, per_object)
        sigma = 0.02 + 0.05 * 10 ** (0.3 * (mag - 19))
        drift = 0.02 if kind == "asteroid" else 2e-5
        jds = 2461000.5 + days
        magnr, reference = float(rng.uniform(15, 21)), 100 + rng.normal(0, 4, (size, size))
        for k in range(per_object):
            candid = number * per_object + k
            science = reference + star * 3000 * 10 ** (-0.4 * (mag[k] - 17)) + rng.normal(0, 4, (size, size))
            score = rng.beta(1.5, 4) if kind == "bogus" else rng.beta(6, 1.2)
            past = [(float(jds[j]), int(fids[j]), float(mag[j]), float(sigma[j]), mag[j] < 18.5) for j in range(k)]
            if first <= candid < last:
                yield (
                    f"ALN26syn{number:05d}", candid, float((ra + drift * days[k]) % 360),
                    float(dec + drift * rng.normal()), float(jds[k]), float(jds[k] - 2400000.5),
                    int(fids[k]), float(mag[k]), float(sigma[k]), magnr,
                    kind, float(score), k, [(a, b, c, d, bool(e)) for a, b, c, d, e in past],
                    *(bytearray(stamp(image)) for image in (science, reference, science - reference)),
                )


_ALERT = (
    "objectId string, candid bigint, ra double, dec double, jd double, mjd double, fid int, magpsf double, "
    "sigmapsf double, magnr double, class string, rb double, ndethist int, "
    "prv_candidates array<struct<jd: double, fid: int, magpsf: double, sigmapsf: double, isdiffpos: boolean>>, "
    "cutoutScience binary, cutoutTemplate binary, cutoutDifference binary"
)


def _load_sample_sky(alerts, name="sample_sky.alerts"):
    import numpy  # noqa: F401  (missing on the driver: better said now than by every task)

    def whole(table):
        try:
            return spark.table(table).count() == alerts
        except Exception:
            return False

    spark.sql("CREATE DATABASE IF NOT EXISTS sample_sky COMMENT 'synthetic alerts, made by AstroLabNet'")
    if spark.catalog.tableExists(name) and whole(name):
        return f"{name} is here already: {alerts:,} alerts"
    spark.sql(f"DROP TABLE IF EXISTS {name}")
    # A catalog in memory forgets its tables, their folder stays: nobody else names one so, and a new one is made.
    home = spark.catalog.getDatabase("sample_sky").locationUri + "/alerts"
    place = spark._jvm.org.apache.hadoop.fs.Path(home)
    files = place.getFileSystem(spark._jsc.hadoopConfiguration())
    if files.exists(place):
        if whole(f"parquet.`{home}`"):
            spark.sql(f"CREATE TABLE {name} USING parquet LOCATION '{home}'")
            return f"{name} was made before and is here again: {alerts:,} alerts"
        files.delete(place, True)
    if alerts <= 20_000:
        # Starting Python workers takes longer than making these few here.
        rows = list(_alerts_of(0, alerts))
    else:
        step = 8 * max(1, -(-alerts // (8 * 8)))
        parts = [(first, min(first + step, alerts)) for first in range(0, alerts, step)]
        rows = spark.sparkContext.parallelize(parts, len(parts)).flatMap(lambda part: _alerts_of(*part))
    spark.createDataFrame(rows, _ALERT, verifySchema=False).write.mode("overwrite").saveAsTable(name)
    return f"{name}: {alerts:,} alerts"


print(_load_sample_sky(alerts))
