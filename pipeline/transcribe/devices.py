"""The GPU, believed once it has done something: a driver that shows one says nothing about the libraries it needs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from pipeline.errors import GpuUnusableError, SessionDeidError

WHY_MOST_CHARACTERS = 200
# Words of CTranslate2's and PyTorch's messages, and what helps; the first that fits is said.
REMEDIES = (
    (("out of memory",), "Close other programs that use the GPU, or choose a smaller model."),
    (("libcublas", "cublas64"), "To use it: pip install 'nvidia-cublas-cu12>=12,<13'"),
    (("cudnn",), "To use it: pip install 'nvidia-cudnn-cu12>=9,<10'"),
    (("libcuda.", "nvcuda", "driver"), "To use it, update NVIDIA's driver."),
)
OTHERWISE = "To use it, update NVIDIA's driver; the device cpu leaves it alone."


class TriesItself(Protocol):
    """An engine that can do its model's first step."""

    def try_out(self) -> None: ...


Engine = TypeVar("Engine", bound=TriesItself)


def gpus_for_ctranslate2() -> int:
    """How many GPUs CTranslate2 sees; what they are worth `on_gpu` finds out."""
    import ctranslate2

    try:
        return int(ctranslate2.get_cuda_device_count())
    except RuntimeError as error:
        raise unusable(error) from None


def gpus_for_torch() -> int:
    """How many GPUs PyTorch sees: none where its build is for processors alone."""
    import torch

    return int(torch.cuda.device_count()) if torch.cuda.is_available() else 0


def on_gpu(make: Callable[[], Engine]) -> Engine:
    """An engine on the GPU that has done its first step there; raises GpuUnusableError when it cannot.

    The first step (encoding silence) needs every library that a recording needs, and loads them.
    """
    preload_cuda()
    try:
        engine = make()
        engine.try_out()
    except SessionDeidError:
        raise
    except Exception as error:  # each library has kinds of its own for it, PyTorch an AssertionError
        raise unusable(error) from None
    return engine


def unusable(error: Exception) -> GpuUnusableError:
    """The library's own reason on a line, and what to install or do."""
    why = " ".join(str(error).split())[:WHY_MOST_CHARACTERS].rstrip(". ") or type(error).__name__
    said = why.lower()
    fitting = (remedy for words, remedy in REMEDIES if any(word in said for word in words))
    return GpuUnusableError(why=why, install=next(fitting, OTHERWISE))


def preload_cuda() -> None:
    """Load the libraries of NVIDIA's Python packages, where they are installed: CTranslate2 asks the system for them
    by name, which finds what is loaded already, and would not look there."""
    import ctypes

    for library in nvidia_libraries(sys.path):
        try:
            ctypes.CDLL(str(library), mode=getattr(ctypes, "RTLD_GLOBAL", 0))
        except OSError:
            continue  # CTranslate2 will say what it misses


def nvidia_libraries(paths: list[str]) -> list[Path]:
    """cuBLAS 12 and cuDNN 9 as NVIDIA's packages nvidia-cublas-cu12 and nvidia-cudnn-cu12 lay them out."""
    wanted = ("cublas/bin/cublasLt64_12.dll", "cublas/bin/cublas64_12.dll", "cudnn/bin/cudnn64_9.dll")
    if sys.platform != "win32":
        wanted = ("cublas/lib/libcublasLt.so.12", "cublas/lib/libcublas.so.12", "cudnn/lib/libcudnn.so.9")
    places = [Path(path, "nvidia") for path in paths if path]
    return [file for name in wanted for place in places if (file := place / name).is_file()][: len(wanted)]
