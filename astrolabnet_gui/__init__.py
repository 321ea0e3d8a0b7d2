"""AstroLabNet: one desk for an archipelago of Spark servers."""

__version__ = "0.1.0"
