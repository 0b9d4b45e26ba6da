"""The router of a mixture of experts: its balance loss, and how much each expert has to do."""

from collections.abc import Sequence
from typing import Any

import torch
from transformers.models.mixtral.modeling_mixtral import load_balancing_loss_func

from kgpt.model.stack import num_experts
from kgpt.sequences.outputs import RouterOutput


def router_output(backbone: Any, router_logits: Sequence[torch.Tensor], present_BS: torch.Tensor) -> RouterOutput:
    """The auxiliary loss (Fedus et al., 2022, equations 4-6, as transformers computes it) and the experts' load.

    Args:
        backbone: a mixture of experts.
        router_logits: a layer each, [B * S, experts].
        present_BS: which nodes are no padding.
    """
    experts, chosen = num_experts(backbone), int(backbone.config.num_experts_per_tok)
    loss = load_balancing_loss_func(tuple(router_logits), experts, chosen, present_BS.long())
    there = present_BS.reshape(-1)
    load = [_shares(logits.detach()[there], chosen, experts) for logits in router_logits]
    return RouterOutput(torch.as_tensor(loss), torch.stack(load))


def _shares(logits_NY: torch.Tensor, chosen: int, experts: int) -> torch.Tensor:
    picked = logits_NY.topk(chosen, dim=-1).indices.reshape(-1)
    return torch.bincount(picked, minlength=experts) / max(len(picked), 1)
