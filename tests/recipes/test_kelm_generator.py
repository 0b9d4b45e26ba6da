import numpy as np

from kgpt.recipes import recipes


def test_serialized_triples_are_read_and_their_passage_is_written(training_data, capital_passages, capitals):
    data = training_data("encoder_decoder")
    streams = recipes.build("kelm_generator").streams(data, "encoder_decoder")
    stream, label = streams["writing"].stream, capitals.entities.label

    assert list(streams) == ["writing"]
    for index, passage in enumerate(capital_passages):
        row = stream.draw(index, np.random.default_rng(0))
        (triple,) = [capitals.numbers(item.triple) for item in passage.alignments]
        subgraph = f"{label(triple[0])} {capitals.relations.label(triple[1])} {label(triple[2])}"
        assert row.ids.tolist() == data.vocabulary.encode_wrapped(subgraph, max_tokens=99).tolist()
        assert data.vocabulary.decode(row.decoder_targets) == passage.text
