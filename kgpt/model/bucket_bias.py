"""Attention biases looked up by bucket: their gradient is counted per bucket, which a plain look-up does slowly on CPU.

Shapes: B sequences, S nodes, H heads, K buckets.
"""

from typing import Any

import torch


class BucketBias(torch.autograd.Function):
    """`table` [K, H] at `buckets` [B, S, S], as [B, H, S, S]."""

    @staticmethod
    def forward(ctx: Any, table: torch.Tensor, buckets: torch.Tensor) -> torch.Tensor:
        """The look-up."""
        ctx.save_for_backward(buckets)
        ctx.num_buckets = len(table)
        return table.T.contiguous()[:, buckets].transpose(0, 1)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None]:
        """The gradients of each bucket summed, head by head."""
        (buckets,), (gradient_BHSS,) = ctx.saved_tensors, gradients
        flat = buckets.reshape(-1)
        by_head = gradient_BHSS.transpose(0, 1).reshape(gradient_BHSS.shape[1], -1).float()
        sums = [torch.bincount(flat, weights=head, minlength=ctx.num_buckets) for head in by_head]
        return torch.stack(sums, dim=1).to(gradient_BHSS.dtype), None


def bucket_bias(table: torch.Tensor, buckets: torch.Tensor) -> torch.Tensor:
    """`table` [K, H] at `buckets` [B, S, S], as [B, H, S, S]."""
    found: torch.Tensor = BucketBias.apply(table, buckets)  # type: ignore[no-untyped-call]
    return found
