"""Cells: a column of astropy as an array of Arrow: nulls, texts, moments, cells that are arrays themselves."""

from __future__ import annotations

from typing import Any


def arrow_of(column: Any) -> Any:
    """Cells as an Arrow array; None for what a server's table can not hold."""
    import numpy as np
    import pyarrow
    from astropy.time import Time

    if isinstance(column, Time):
        return pyarrow.array(column.utc.datetime64.astype("datetime64[us]"))
    values = np.ma.getdata(np.asanyarray(getattr(column, "value", column)))
    if not hasattr(values, "dtype") or values.dtype.kind in "cVm":
        return None
    mask = np.ma.getmaskarray(column) if isinstance(column, np.ma.MaskedArray) else None
    if values.dtype.kind == "O":
        gone: Any = None if mask is None else mask.reshape(len(values), -1).any(axis=1)
        cells = [None if gone is not None and gone[n] else _plain(v) for n, v in enumerate(values)]
        return pyarrow.array(cells)
    if values.ndim > 1:
        return _nested(values, mask)
    return _flat(values, mask)


def _flat(values: Any, mask: Any) -> Any:
    import numpy as np
    import pyarrow

    kind = values.dtype.kind
    if kind in "SU":
        texts = [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in values.tolist()]
        gone = [False] * len(texts) if mask is None else mask.tolist()
        return pyarrow.array([None if m else t for t, m in zip(texts, gone, strict=True)], type=pyarrow.string())
    if values.dtype == np.float16:
        values = values.astype(np.float32)
    native = np.ascontiguousarray(values.astype(values.dtype.newbyteorder("="), copy=False))
    return pyarrow.array(native, mask=mask)


def _nested(values: Any, mask: Any) -> Any:
    """Cells that are arrays themselves, as lists of lists."""
    import numpy as np
    import pyarrow

    made = _flat(values.reshape(-1), None if mask is None else np.ascontiguousarray(mask).reshape(-1))
    for depth in range(values.ndim - 1, 0, -1):
        wide, many = values.shape[depth], int(np.prod(values.shape[:depth]))
        made = pyarrow.ListArray.from_arrays(pyarrow.array(np.arange(many + 1, dtype=np.int32) * wide), made)
    return made


def _plain(value: Any) -> Any:
    import numpy as np

    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, np.ma.MaskedArray):
        return value.tolist()
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
