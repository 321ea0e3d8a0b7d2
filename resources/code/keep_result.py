def keep_result(blob, key):
    """Runs a task's code as the session would, and writes what came of it beside the data before it ends."""
    import ast, base64, io, json, sys, time, traceback

    given = json.loads(base64.b64decode(blob).decode("utf-8"))
    here, seen, real, began = globals(), io.StringIO(), sys.stdout, time.time()

    class Both:
        def write(self, text):
            seen.write(text)
            return real.write(text)

        def __getattr__(self, name):
            return getattr(real, name)

    def write(state, output):
        sys.stdout = real
        told = {"astrolabnet": "result", "format": 1, "task_key": key, "state": state, "output": output}
        told.update(started=int(began * 1000), completed=int(time.time() * 1000))
        told.update((name, given[name]) for name in ("name", "language", "workspace", "kept_code"))
        try:
            context = here["spark"].sparkContext
            told.update(spark=context.version, app_id=context.applicationId)
            hadoop, conf = context._jvm.org.apache.hadoop.fs, context._jsc.hadoopConfiguration()
            place = given["results"] or context.getConf().get("spark.astrolabnet.results", "")
            if place:
                folder = hadoop.Path(place)
            else:
                folder = hadoop.Path(hadoop.FileSystem.get(conf).getHomeDirectory(), ".astrolabnet/results")
            files = folder.getFileSystem(conf)
            coming = hadoop.Path(folder, "." + key + ".coming")
            out = files.create(coming, True)
            out.write(bytearray(json.dumps(told).encode("ascii")))
            out.close()
            files.rename(coming, hadoop.Path(folder, key + ".json"))
        except Exception as problem:
            print("AstroLabNet could not keep this result on the server: %s" % str(problem)[:500])

    sys.stdout, value = Both(), None
    try:
        tree = ast.parse(given["code"], "<stdin>")
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "<stdin>", "exec"), here)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "<stdin>", "eval"), here)
        shown = seen.getvalue() + ("" if value is None else repr(value))
        write("done", {"status": "ok", "data": {"text/plain": shown.rstrip("\n")}})
        return value
    except BaseException as wrong:
        lines = traceback.format_exception(type(wrong), wrong, wrong.__traceback__.tb_next)
        told = {"status": "error", "ename": type(wrong).__name__, "evalue": str(wrong), "traceback": lines}
        write("failed", told)
        raise
    finally:
        sys.stdout = real
