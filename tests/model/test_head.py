import torch

from kgpt.model.head import NodeHead


def test_a_logit_is_the_product_of_the_transformed_state_with_the_row():
    torch.manual_seed(0)
    head, states, rows = NodeHead(hidden_size=8, size=8), torch.randn(3, 8), torch.randn(5, 8)

    logits = head(states, rows)

    hidden = torch.nn.functional.gelu(states @ head.dense.weight.T + head.dense.bias, approximate="tanh")
    normed = (hidden - hidden.mean(1, keepdim=True)) / (hidden.var(1, correction=0, keepdim=True) + 1e-5).sqrt()
    assert torch.allclose(logits, normed @ rows.T, atol=1e-5)
