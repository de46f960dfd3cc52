"""EfficientNet-Lite0 as an ONNX model, from the weights of its package."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

# Pixels of a side of what the network sees.
SIDE = 224

# Blocks and stride of each stage; the weights' names and shapes say all else.
_STAGES = ((1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1))


def build_model(tensors: dict[str, np.ndarray]) -> bytes:
    """Return EfficientNet-Lite0 as an ONNX model, from "pixels" to "maps" and "logits".

    Parameters
    ----------
    tensors : dict of str to ndarray of float32
        Weights by PyTorch's names.

    Returns
    -------
    model : bytes
        Takes float32 (n, 3, 224, 224); maps are (n, 1280, 7, 7), logits (n, 1000).
    """
    from onnx import TensorProto, helper, numpy_helper

    nodes: list = []
    constants: list = []

    def add(
        operator: str, *inputs: str, output: str | None = None, **attributes: Any
    ) -> str:
        output = output or f"value{len(nodes)}"
        nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(array: ArrayLike, name: str) -> str:
        array = np.asarray(array, np.float32, order="C")
        constants.append(numpy_helper.from_array(array, name))
        return name

    def learned(layer: str, *names: str) -> list[str]:
        return [constant(tensors[f"{layer}.{n}"], f"{layer}.{n}") for n in names]

    def convolve(
        x: str,
        kernel: str,
        norm: str,
        stride: int = 1,
        clip: bool = True,
        output: str | None = None,
    ) -> str:
        n_channels, depth = tensors[f"{kernel}.weight"].shape[:2]
        x = add(
            "Conv",
            *(x, *learned(kernel, "weight")),
            strides=[stride, stride],
            group=n_channels if depth == 1 else 1,
            auto_pad="SAME_UPPER",
        )
        moments = learned(norm, "weight", "bias", "running_mean", "running_var")
        x = add("BatchNormalization", x, *moments, epsilon=1e-3)
        return add("Clip", x, zero, six, output=output) if clip else x

    def port(name: str, *shape: Any) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape])

    zero, six = constant(0, "zero"), constant(6, "six")
    x = convolve("pixels", "_conv_stem", "_bn0", stride=2)
    blocks = [(i, stride) for n_blocks, stride in _STAGES for i in range(n_blocks)]
    for number, (i, stride) in enumerate(blocks):
        block, y = f"_blocks.{number}", x
        if f"{block}._expand_conv.weight" in tensors:
            y = convolve(y, f"{block}._expand_conv", f"{block}._bn0")
        own = stride if i == 0 else 1
        y = convolve(y, f"{block}._depthwise_conv", f"{block}._bn1", own)
        y = convolve(y, f"{block}._project_conv", f"{block}._bn2", clip=False)
        x = y if i == 0 else add("Add", x, y)
    x = convolve(x, "_conv_head", "_bn1", output="maps")
    x = add("Flatten", add("GlobalAveragePool", x))
    add("Gemm", x, *learned("_fc", "weight", "bias"), transB=1, output="logits")
    inputs = [port("pixels", 3, SIDE, SIDE)]
    outputs = [port("logits", 1000), port("maps", 1280, 7, 7)]
    graph = helper.make_graph(nodes, "EfficientNet-Lite0", inputs, outputs, constants)
    # Not the newest formats, so that older onnxruntimes know them.
    opsets = [helper.make_opsetid("", 13)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    return model.SerializeToString()


def read_checkpoint(file: Any) -> dict[str, np.ndarray]:
    """Return the tensors of a file as PyTorch wrote them before version 1.6.

    It has three pickles about itself, one of the tensors as pieces of storages and one
    of the storages' keys; then for each key how many numbers follow, and these.

    Parameters
    ----------
    file : binary file

    Returns
    -------
    tensors : dict of str to ndarray
    """
    *_, (pieces, dtypes), (keys, _) = [_unpickle(file) for _ in range(5)]
    storages = {}
    for key in keys:
        dtype = np.dtype(dtypes[key])
        n_bytes = int.from_bytes(file.read(8), "little") * dtype.itemsize
        storages[key] = np.frombuffer(file.read(n_bytes), dtype)
    return {name: _view(storages, *piece) for name, piece in pieces.items()}


def _view(
    storages: dict[str, np.ndarray],
    key: str,
    start: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
) -> np.ndarray:
    """Return a tensor; numpy counts strides in bytes, PyTorch in numbers."""
    numbers = storages[key][start:]
    in_bytes = [stride * numbers.itemsize for stride in strides]
    return np.lib.stride_tricks.as_strided(numbers, shape, in_bytes, writeable=False)


def _unpickle(file: Any) -> tuple[Any, dict[str, Any]]:
    """Return the next object of a file, and the types of its storages."""
    unpickler = _TensorUnpickler(file)
    return unpickler.load(), unpickler.dtypes


class _TensorUnpickler(pickle.Unpickler):
    """Knows what tensors need; a file cannot call anything else."""

    _known = {
        ("collections", "OrderedDict"): OrderedDict,
        ("torch", "FloatStorage"): "<f4",
        ("torch", "LongStorage"): "<i8",
        ("torch._utils", "_rebuild_tensor_v2"): lambda *piece: piece[:4],
    }

    def __init__(self, file: Any) -> None:
        super().__init__(file)
        self.dtypes: dict[str, Any] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._known:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a tensor.")
        return self._known[module, name]

    def persistent_load(self, pid: Any) -> Any:
        _, dtype, key, *_ = pid
        self.dtypes[key] = dtype
        return key
