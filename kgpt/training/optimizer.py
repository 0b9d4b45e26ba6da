"""One optimiser for a model with sparse entity tables: dense AdamW (or Adafactor), row-wise Adagrad for the tables.

The rows of a table that a step does not read cost nothing: no gradient, no state, no decay, no clipping. So the cost of
a step does not depend on the number of entities. Shapes: E rows, D width, N rows touched by a step.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import nn
from torch.optim import AdamW, Optimizer
from transformers.optimization import Adafactor

from kgpt.errors import ConfigError
from kgpt.training.settings import TrainingSettings

_SUM = "sum"


class RowWiseAdagrad(Optimizer):
    """Adagrad with one float of state a row, the mean square of its gradients (Mudigere et al., 2022, section 4.1.4).

    Takes sparse COO gradients alone, as `nn.Embedding(sparse=True)` gives them, and touches the rows they name; a table
    in a memory-mapped file is updated in place.

    Args:
        params: tables [E, D], or groups of them.
        lr: learning rate.
        eps: added to the root of a row's sum.
    """

    def __init__(self, params: Any, *, lr: float, eps: float = 1e-10) -> None:
        super().__init__(params, {"lr": lr, "eps": eps})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the rows that have a gradient."""
        loss = None if closure is None else torch.enable_grad()(closure)()
        for group in self.param_groups:
            for table_ED in group["params"]:
                if table_ED.grad is not None:
                    self._update(table_ED, lr=float(group["lr"]), eps=group["eps"])
        return loss

    def _update(self, table_ED: torch.Tensor, *, lr: float, eps: float) -> None:
        assert table_ED.grad is not None and table_ED.grad.is_sparse, "row-wise Adagrad takes sparse gradients"
        gradient = table_ED.grad.coalesce()
        rows_N, gradient_ND = gradient.indices()[0], gradient.values()
        sums_E = self._sums(table_ED)
        sums_N = sums_E[rows_N] + gradient_ND.square().mean(dim=1)
        sums_E[rows_N] = sums_N
        table_ED.index_add_(0, rows_N, gradient_ND / (sums_N.sqrt() + eps)[:, None], alpha=-lr)

    def _sums(self, table_ED: torch.Tensor) -> torch.Tensor:
        state = self.state[table_ED]
        if _SUM not in state:
            state[_SUM] = torch.zeros(len(table_ED), dtype=torch.float32, device=table_ED.device)
        found: torch.Tensor = state[_SUM]
        return found


class RoutedOptimizer(Optimizer):
    """Two optimisers as one: their parameter groups are shared, so a schedule acts on both.

    Args:
        dense: of the parameters with dense gradients.
        rows: of the sparse tables.
    """

    def __init__(self, *, dense: Optimizer, rows: Optimizer) -> None:
        self.dense, self.rows = dense, rows
        super().__init__([*dense.param_groups, *rows.param_groups], {})

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step of both."""
        loss = self.dense.step(closure)
        self.rows.step()
        return loss

    def state_dict(self) -> dict[str, Any]:
        """Both states, by name."""
        return {"dense": self.dense.state_dict(), "rows": self.rows.state_dict()}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take back what `state_dict` gave."""
        self.dense.load_state_dict(state_dict["dense"])
        self.rows.load_state_dict(state_dict["rows"])
        self.param_groups = [*self.dense.param_groups, *self.rows.param_groups]


def build_optimizer(model: nn.Module, settings: TrainingSettings, learning_rate: float) -> Optimizer:
    """The optimiser of all parameters of `model`.

    Weight decay spares biases, norms and embeddings: a table's rare rows would shrink towards nothing between the few
    steps that read them (Loshchilov and Hutter, 2019, decay at every step).

    Args:
        model: whose parameters.
        settings: which optimiser, decay, rates.
        learning_rate: of dense parameters, and of the tables where the settings name no other.

    Raises:
        ConfigError: a sparse table is also used densely.
    """
    sparse = {id(table): table for table in sparse_tables(model)}
    dense = [one for one in model.parameters() if one.requires_grad and id(one) not in sparse]
    embeddings = {id(module.weight) for module in model.modules() if isinstance(module, nn.Embedding)}
    decayed = [one for one in dense if one.ndim > 1 and id(one) not in embeddings]
    spared = [one for one in dense if one.ndim <= 1 or id(one) in embeddings]
    decay = settings.weight_decay if settings.optimizer == "adamw" else 0.0
    groups = [{"params": decayed, "weight_decay": decay}, {"params": spared, "weight_decay": 0.0}]
    optimizer = _dense(groups, settings, learning_rate)
    if not sparse:
        return optimizer
    rate = learning_rate if settings.entity_learning_rate is None else settings.entity_learning_rate
    return RoutedOptimizer(dense=optimizer, rows=RowWiseAdagrad(list(sparse.values()), lr=rate))


def sparse_tables(model: nn.Module) -> Iterator[torch.Tensor]:
    """The weights of the embeddings whose gradients are sparse.

    Raises:
        ConfigError: one of them is also used densely, say tied to a word head.
    """
    owners: dict[int, list[str]] = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        owners.setdefault(id(parameter), []).append(name)
    for module in model.modules():
        if isinstance(module, nn.Embedding) and module.sparse:
            if len(names := owners[id(module.weight)]) > 1:
                raise ConfigError(f"a sparse table is shared by {', '.join(names)}: only entity tables can be sparse")
            yield module.weight


def mapped_tables(model: nn.Module) -> list[str]:
    """The files of the tables that lie in memory-mapped files."""
    names = (table.untyped_storage().filename for table in sparse_tables(model))
    return [name for name in names if name]


def _dense(groups: list[dict[str, Any]], settings: TrainingSettings, learning_rate: float) -> Optimizer:
    if settings.optimizer == "adafactor":
        found: Optimizer = Adafactor(groups, lr=learning_rate, scale_parameter=False, relative_step=False)
        return found
    return AdamW(groups, lr=learning_rate, betas=(0.9, settings.beta2), fused=True)
