LEVELS = (0.60, 0.85)  # of the room in which rows wait: where the wire's colours change
OVER_S = 20.0  # what Spark says of one batch jumps; over so many seconds it is what a person sees
LONG_S, CHANGED = 60.0, 0.3  # what is foretold needs a longer look, unless the last seconds say otherwise
_FIXED = {"boolean": 1, "byte": 1, "short": 2, "integer": 4, "long": 8, "float": 4, "double": 8, "date": 4,
          "timestamp": 8, "timestamp_ntz": 8, "decimal": 16, "void": 0}  # fmt: skip


def weight(kind, column):
    """Bytes of a value as it is, before anything packs it: the same for a rehearsal and for what is written."""
    from pyspark.sql import functions as F

    what = kind.typeName()
    if what in ("string", "binary"):
        return F.coalesce(F.octet_length(column), F.lit(0))
    if what == "struct":
        return sum((weight(field.dataType, column.getField(field.name)) for field in kind), F.lit(0))
    if what in ("array", "map"):
        return F.coalesce(F.octet_length(F.to_json(column)), F.lit(0))
    return F.lit(_FIXED.get(what, 8))


def weight_of(rows):
    """Bytes of all rows, as one aggregate."""
    from pyspark.sql import functions as F

    names = ((field.dataType, F.col("`" + field.name.replace("`", "``") + "`")) for field in rows.schema.fields)
    return F.coalesce(F.sum(sum((weight(*one) for one in names), F.lit(0))), F.lit(0)).alias("bytes")


def totals(source):
    """Rows of one source so far: read before this batch, after it, and there; None where it does not count rows."""
    start, end, latest = (source.get(name) for name in ("startOffset", "endOffset", "latestOffset"))
    if not isinstance(end, dict) or not isinstance(latest, dict):
        return None

    def total(offsets, least):
        return sum(
            max(count, (least.get(topic) or {}).get(part, 0)) if least else count
            for topic, parts in offsets.items() if isinstance(parts, dict) for part, count in parts.items()
        )  # fmt: skip

    return total(start, {}) if isinstance(start, dict) else None, total(end, {}), total(latest, end)


def slope(points):
    """Rise of ``(when, how much)``: the median between points that are far apart, which one late batch does not move;
    None if there are too few."""
    points = points[:: -(-len(points) // 40) or 1]
    far = max(0.5, (points[-1][0] - points[0][0]) / 3) if points else 0.5
    found = sorted(
        (b[1] - a[1]) / (b[0] - a[0]) for n, a in enumerate(points) for b in points[n + 1 :] if b[0] - a[0] >= far
    )
    return max(0.0, (found[len(found) // 2] + found[(len(found) - 1) // 2]) / 2) if found else None


def rate(points):
    """How fast it rises now: over a long time, or, where that has changed, over the last seconds; None: not known."""
    if not points:
        return None
    long, near = (slope([one for one in points if points[-1][0] - one[0] <= span]) for span in (LONG_S, OVER_S))
    if long is None or near is None:
        return long if near is None else near
    return near if abs(near - long) > CHANGED * max(near, long) else long


def came(points, total, comes):
    """When the source came to hold so many rows, by ``(when, how many)``; None if nobody knows."""
    later = next((n for n, one in enumerate(points) if one[1] > total), None)
    if later is None:
        return points[-1][0]
    if later == 0:
        return points[0][0] - (points[0][1] - total) / comes if comes else None
    (before, had), (after, has) = points[later - 1], points[later]
    return before + (after - before) * (total - had) / (has - had)


class Measuring:
    """What a channel says of its flow: rows and bytes, what waits and for how long, how long the source keeps it."""

    def heard(self):
        """Take in what Spark says of the batches since the last time."""
        import datetime

        for progress in self.query.recentProgress:
            if isinstance(progress, str) or not hasattr(progress, "get"):
                progress = json.loads(progress if isinstance(progress, str) else progress.json)
            at = datetime.datetime.fromisoformat(progress["timestamp"].replace("Z", "+00:00")).timestamp()
            if at <= self.seen:
                continue
            self.seen = at
            self.facts["batch"] = progress["batchId"]
            counted = [found for source in progress.get("sources") or () if (found := totals(source)) is not None]
            if counted:
                starts = None if any(one[0] is None for one in counted) else sum(one[0] for one in counted)
                self.arrived.append((at, starts, sum(one[1] for one in counted), sum(one[2] for one in counted)))
                self.arrived = self.arrived[-SAMPLES:]
            else:
                behind = [s.get("metrics") or {} for s in progress.get("sources") or ()]
                self.facts["waiting"] = sum(float(one.get("avgOffsetsBehindLatest") or 0) for one in behind) or None
        now = time.time()
        self.flows(now)
        self.samples.append([round(now, 1), self.rows, self.facts.get("waiting")])
        self.samples = self.samples[-SAMPLES:]
        self.weighed = [one for one in self.weighed if now - one[0] <= OVER_S] + [(now, self.rows, self.bytes)]
        span = now - self.weighed[0][0]
        if span >= REPORT_S:
            self.facts["rows_s"] = (self.rows - self.weighed[0][1]) / span
            self.facts["bytes_s"] = max(0.0, self.bytes - self.weighed[0][2]) / span

    def flows(self, now):
        """How fast rows come and are read, by the offsets of the source; what waits now."""
        if not self.arrived:
            return
        last = self.arrived[-1]
        there = [(at, total) for at, _, _, total in self.arrived]
        comes = rate(there)
        goes = rate([(at, start) for at, start, _, _ in self.arrived if start is not None])
        waiting = max(0, last[3] - last[2])
        if comes is not None and goes is not None:
            since = came(there, last[2], comes)
            if waiting:
                # While rows wait, batch follows batch; what came since the last one began waits too.
                waiting += round(comes * min(OVER_S, max(0.0, now - last[0])))
            self.facts.update(in_rows_s=comes, out_rows_s=goes)
            self.facts["lag_s"] = 0.0 if not waiting else None if since is None else max(0.0, now - since)
        self.facts["waiting"] = waiting

    def crossed(self, now):
        """Whether so much waits since the last word that its wire changes its colour: that is said at once."""
        self.flows(now)
        keeps, lag = self.facts.get("keeps_s"), self.facts.get("lag_s")
        before, self.level = self.level, sum(lag >= limit * keeps for limit in LEVELS) if keeps and lag else 0
        return self.level != before

    def keeps(self):
        """How long the source keeps a row, seconds; None if it does not say."""
        if self.spec["keeps_s"]:
            return float(self.spec["keeps_s"])
        if self.spec["format"] != "kafka":
            return None
        admin = None
        try:
            options, java = self.options(True), self.spark._jvm
            admin, config = self.admin(options), java.org.apache.kafka.common.config.ConfigResource
            asked, kind = java.java.util.ArrayList(), config.Type.TOPIC
            for topic in self.topics(admin, options):
                asked.add(config(kind, topic))
            told = admin.describeConfigs(asked).all().get()
            kept = [int(one.get("retention.ms").value()) for one in told.values()]
            return min((ms / 1000.0 for ms in kept if ms >= 0), default=None)
        except Exception:
            # Many brokers do not let a reader ask; then a person may say it.
            return None
        finally:
            if admin is not None:
                admin.close()

    def admin(self, options):
        """Kafka's client for questions, with the login of the channel; close it."""
        java = self.spark._jvm
        given = java.java.util.Properties()
        for name, value in options.items():
            if name.startswith("kafka.") and name != "kafka.group.id":
                given.setProperty(name[len("kafka.") :], value)
        given.setProperty("request.timeout.ms", "4000")
        given.setProperty("default.api.timeout.ms", "5000")
        return java.org.apache.kafka.clients.admin.Admin.create(given)

    def topics(self, admin, options):
        """Topics it reads."""
        import re

        wanted = options.get("subscribePattern")
        if wanted:
            return [name for name in admin.listTopics().names().get() if re.fullmatch(wanted, name)]
        return [topic.strip() for topic in options.get("subscribe", "").split(",") if topic.strip()]

    def refused(self):
        """What the broker does not allow this login: field, words and remedy; None if it allows all that is needed."""
        options = self.options(True)
        group = options.get("kafka.group.id") or options.get("groupIdPrefix", "spark-kafka-source") + "-aln"
        admin, lists = None, self.spark._jvm.java.util.Collections
        try:
            admin = self.admin(options)
            for topic in self.topics(admin, options):
                admin.describeTopics(lists.singletonList(topic)).values().get(topic).get()
            admin.describeConsumerGroups(lists.singletonList(group)).all().get()
        except Exception as error:
            cause = getattr(error, "java_exception", None)
            while cause is not None and cause.getCause() is not None:
                cause = cause.getCause()
            what = cause.getClass().getSimpleName() if cause is not None else ""
            words = (str(cause.getMessage()) if cause is not None else str(error)).splitlines()[0][:200].rstrip(".")
            if what == "GroupAuthorizationException":
                return ("options", f"the broker does not allow it the consumer group {group}.",
                        "Edit the source: Group is what the broker's people told you; it may have to begin with your "
                        "user and a hyphen.")  # fmt: skip
            if what in ("TopicAuthorizationException", "UnknownTopicOrPartitionException"):
                return ("options", f"the broker does not show it the topic ({words}).",
                        "Ask the broker's people, or choose another topic.")  # fmt: skip
            if "Authentication" in what:
                return ("secrets", f"the broker refuses its login: {words}.",
                        "Mend the user of the source, or the password that lies at the server.")  # fmt: skip
            return ("options", f"the broker does not answer it: {words or what}.", "Look at its address and security.")
        finally:
            if admin is not None:
                admin.close()
        return None
