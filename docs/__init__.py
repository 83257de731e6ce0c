"""What makes the documentation's examples and pictures."""

import pipeline  # noqa: F401  first of all: it keeps ONNX Runtime from reporting
