def keep_upload(name, digest):
    """Copies a file that was uploaded to this session into the home folder of the cluster's file system."""
    from pyspark import SparkFiles

    conf = spark._jsc.hadoopConfiguration()
    fs = spark._jvm.org.apache.hadoop.fs
    files = fs.FileSystem.get(conf)
    folder = fs.Path(fs.Path(files.getHomeDirectory(), ".astrolabnet/uploads"), digest)
    place = fs.Path(folder, name)
    if not files.exists(place):
        coming = fs.Path(folder, name + ".coming")
        files.copyFromLocalFile(False, True, fs.Path("file://" + SparkFiles.get(name)), coming)
        files.rename(coming, place)
    print("kept:" + files.makeQualified(place).toString())
