"""Networks of torch, asked about arrays without importing torch ourselves."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


def is_torch(model: Any) -> bool:
    """Tell whether a model is a network or a compiled function of torch."""
    torch = sys.modules.get("torch")
    if torch is None or callable(getattr(model, "predict", None)):
        return False
    kinds = (torch.nn.Module, torch.jit.ScriptFunction)
    return isinstance(model, kinds)


class TorchCall:
    """A network of torch as a function of arrays.

    Rows become tensors of the type and on the device of the network's parameters. It
    is asked as it is used, without dropout and gradients, and left in its own mode.

    Parameters
    ----------
    model : torch.nn.Module or torch.jit.ScriptFunction
    """

    def __init__(self, model: Any) -> None:
        self.model = model

    def __call__(self, rows: Any) -> np.ndarray:
        """Return the answers to rows, of shape (n_rows, n_outputs)."""
        torch = sys.modules["torch"]
        first = next(iter(getattr(self.model, "parameters", list)()), None)
        like = {} if first is None else {"dtype": first.dtype, "device": first.device}
        is_training = getattr(self.model, "training", False)
        # A copy, since tensors of arrays that cannot be written to are warned of.
        tensor = torch.as_tensor(np.array(rows), **like)
        try:
            if is_training:
                self.model.eval()
            with torch.no_grad():
                return self.model(tensor)
        finally:
            if is_training:
                self.model.train()
