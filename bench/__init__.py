"""Benchmarks: `make bench`, or one by one as docs/benchmarks says."""

import pipeline  # noqa: F401  first of all: it keeps ONNX Runtime from reporting
