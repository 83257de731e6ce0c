"""Turn published weights into the ONNX files the pipeline runs. Needs PyTorch; runs when models are installed."""
