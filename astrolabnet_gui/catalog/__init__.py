"""Catalog: which data exist where; schema, preview and facts of a table, asked of Spark's own catalogs in SQL."""
