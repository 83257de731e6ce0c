"""The tests."""

import pipeline  # noqa: F401  first of all: it keeps ONNX Runtime from reporting
