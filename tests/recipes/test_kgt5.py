import numpy as np
import pytest

from kgpt.recipes import recipes
from kgpt.sequences.link_stream import LinkStream


@pytest.fixture
def stream(training_data):
    def build(**settings):
        recipe = recipes.build({"type": "kgt5", **settings})
        return recipe.streams(training_data("encoder_decoder"), "encoder_decoder")["links"].stream

    return build


def test_without_neighbors_the_query_is_kgt5s(stream, capitals, writing_words):
    bare = stream(max_neighbors=0)
    label, relations = capitals.entities.label, capitals.relations.label
    for row, (head, relation, tail) in enumerate(capitals.triples.tolist()):
        for side, (given, asked) in enumerate([(head, tail), (tail, head)]):
            drawn = bare.draw(2 * row + side, np.random.default_rng(0))
            text = f"predict {['tail', 'head'][side]}: {label(given)} | {relations(relation)}"
            assert drawn.ids.tolist() == writing_words.encode_wrapped(text, max_tokens=512).tolist()
            assert writing_words.decode(drawn.decoder_targets) == label(asked)


@pytest.mark.parametrize("seed", range(5))
def test_a_context_lists_every_edge_but_those_to_right_answers(stream, capitals, writing_words, seed):
    links: LinkStream = stream(max_neighbors=100)
    label, relations = capitals.entities.label, capitals.relations.label
    triples = capitals.triples.tolist()
    for row, (head, relation, _) in enumerate(triples):
        right = {t for h, r, t in triples if (h, r) == (head, relation)}
        lines = [f"{relations(r)} | {label(t)}" for h, r, t in triples if h == head and t not in right]
        lines += [f"reverse of {relations(r)} | {label(h)}" for h, r, t in triples if t == head and h not in right]
        read = links.draw(2 * row, np.random.default_rng(seed)).ids.tolist()
        text = f"query: {label(head)} | {relations(relation)}\ncontext:" + "".join(f"\n{one}" for one in lines)
        assert sorted(read) == sorted(writing_words.encode_wrapped(text, max_tokens=512).tolist())
