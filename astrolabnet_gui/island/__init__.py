"""A local island: the Livy protocol over real Spark on this computer. A server; it knows no other room."""
