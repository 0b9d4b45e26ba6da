import numpy as np
import pytest
import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

from kgpt.errors import ConfigError
from kgpt.training import TrainingSettings
from kgpt.training.optimizer import RoutedOptimizer, RowWiseAdagrad, build_optimizer, mapped_tables


class TableModel(nn.Module):
    """An entity table, words, a layer with a norm."""

    def __init__(self, *, sparse=True, num_rows=50):
        super().__init__()
        torch.manual_seed(0)
        self.table = nn.Embedding(num_rows, 4, sparse=sparse)
        self.words = nn.Embedding(10, 4)
        self.dense, self.norm = nn.Linear(4, 4), nn.LayerNorm(4)

    def forward(self, rows, words):
        return self.norm(self.dense(self.table(rows) + self.words(words))).square().sum() + self.table(rows).sum()


def step(model, optimizer, rows=(1, 3, 3)):
    optimizer.zero_grad()
    model(torch.tensor(rows), torch.tensor([0, 1, 2])).backward()
    optimizer.step()


def test_row_wise_adagrad_is_what_its_formula_says():
    table = nn.Parameter(torch.ones(5, 2))
    optimizer = RowWiseAdagrad([table], lr=0.1, eps=1e-10)
    rows, sums = np.ones((5, 2)), np.zeros(5)
    rng = np.random.default_rng(0)

    for _ in range(4):
        touched, gradient = rng.integers(0, 5, 3), rng.normal(size=(3, 2)).astype(np.float32)
        table.grad = torch.sparse_coo_tensor(
            torch.from_numpy(touched)[None], torch.from_numpy(gradient), (5, 2), check_invariants=False
        )
        optimizer.step()
        whole = np.zeros((5, 2))
        np.add.at(whole, touched, gradient)
        sums += (whole**2).mean(axis=1)
        rows -= 0.1 * whole / (np.sqrt(sums) + 1e-10)[:, None]

    assert table.detach().numpy() == pytest.approx(rows, abs=1e-6)


def test_rows_that_a_step_does_not_read_keep_every_bit():
    model = TableModel()
    before = model.table.weight.detach().clone()
    optimizer = build_optimizer(model, TrainingSettings(weight_decay=0.5), 1e-2)

    step(model, optimizer)

    changed = (model.table.weight != before).any(dim=1).nonzero().flatten().tolist()
    assert changed == [1, 3]


def test_a_table_in_a_file_learns_in_its_file(tmp_path):
    mapped = torch.from_file(str(tmp_path / "rows"), shared=True, size=20, dtype=torch.float32).view(5, 4)
    model = TableModel()
    model.table = nn.Embedding(5, 4, sparse=True, _weight=mapped)
    assert mapped_tables(model) == [str(tmp_path / "rows")]

    step(model, build_optimizer(model, TrainingSettings(), 1e-2))

    found = np.fromfile(tmp_path / "rows", np.float32).reshape(5, 4)
    assert np.flatnonzero(found.any(axis=1)).tolist() == [1, 3]
    assert np.array_equal(found, model.table.weight.detach().numpy())


def test_biases_norms_and_embeddings_do_not_decay():
    model = TableModel(sparse=False)
    optimizer = build_optimizer(model, TrainingSettings(weight_decay=0.5), 1e-2)

    decay = {id(one): group["weight_decay"] for group in optimizer.param_groups for one in group["params"]}

    decayed = [name for name, one in model.named_parameters() if decay[id(one)]]
    assert decayed == ["dense.weight"]


def test_a_schedule_acts_on_both_and_each_keeps_its_own_peak():
    model = TableModel()
    optimizer = build_optimizer(model, TrainingSettings(entity_learning_rate=0.5), 0.1)
    schedule = LambdaLR(optimizer, lambda number: 1 / (1 + number))

    step(model, optimizer)
    schedule.step()

    assert isinstance(optimizer, RoutedOptimizer)
    assert [group["lr"] for group in optimizer.dense.param_groups] == [0.05, 0.05]
    assert [group["lr"] for group in optimizer.rows.param_groups] == [0.25]


def test_without_a_rate_of_its_own_the_table_has_that_of_the_rest():
    optimizer = build_optimizer(TableModel(), TrainingSettings(), 0.1)

    assert {group["lr"] for group in optimizer.param_groups} == {0.1}


def test_a_state_that_is_loaded_goes_on_in_the_same_bits():
    whole, halves = TableModel(), TableModel()
    first = build_optimizer(whole, TrainingSettings(), 1e-2)
    second = build_optimizer(halves, TrainingSettings(), 1e-2)
    for model, optimizer in ((whole, first), (halves, second)):
        step(model, optimizer)
        step(model, optimizer, rows=(2, 3, 9))
    gone_on = build_optimizer(halves, TrainingSettings(), 0.7)
    gone_on.load_state_dict(second.state_dict())

    step(whole, first)
    step(halves, gone_on)

    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), halves.parameters(), strict=True))
    assert {group["lr"] for group in gone_on.param_groups} == {1e-2}


def test_a_sparse_table_that_is_tied_to_a_head_is_refused():
    model = TableModel()
    model.head = nn.Linear(4, 50, bias=False)
    model.head.weight = model.table.weight

    with pytest.raises(ConfigError, match=r"shared by table\.weight, head\.weight"):
        build_optimizer(model, TrainingSettings(), 1e-2)


def test_adafactor_takes_the_rate_as_it_is():
    model = TableModel(sparse=False)
    optimizer = build_optimizer(model, TrainingSettings(optimizer="adafactor"), 1e-3)

    step(model, optimizer)

    assert type(optimizer).__name__ == "Adafactor"
    assert not optimizer.param_groups[0]["relative_step"] and optimizer.param_groups[0]["lr"] == 1e-3
