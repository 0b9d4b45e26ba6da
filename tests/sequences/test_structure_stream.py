import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from kgpt.errors import ConfigError
from kgpt.kg import build_graph
from kgpt.records import EntityRecord, RelationRecord, Triple
from kgpt.sequences import Vocabulary, build_passages
from kgpt.sequences.aligned_facts import AlignedFacts
from kgpt.sequences.structure_format import StructureFormat
from kgpt.sequences.structure_stream import StructureStream
from kgpt.verbalization.structure import parse_structure


@pytest.fixture
def typed(capitals):
    """The capitals, with what kind of thing each is."""
    kinds = [EntityRecord("Q20", "city"), EntityRecord("Q21", "land (old)"), RelationRecord("P31", "instance of")]
    names = [EntityRecord(one, capitals.entities.label(n)) for n, one in enumerate(capitals.entities.ids)]
    relations = [RelationRecord(one, capitals.relations.label(n)) for n, one in enumerate(capitals.relations.ids)]
    triples = [capitals.triple(row) for row in capitals.triples]
    typing = [Triple(f"Q{n}", "P31", "Q20") for n in range(5)] + [Triple(f"Q1{n}", "P31", "Q21") for n in range(5)]
    return build_graph([*names, *relations, *kinds, *triples, *typing])[0]


@pytest.fixture
def stream(typed, capital_passages, writing_words):
    def build(*tasks):
        passages = build_passages(capital_passages, typed, writing_words)
        form = StructureFormat(vocabulary=writing_words, dataset="capitals")
        return StructureStream(facts=AlignedFacts(passages, typed), form=form, tasks=tasks)

    return build


def texts(stream, seed=0):
    decode = stream.form.vocabulary.decode
    for index in range(len(stream)):
        row = stream.draw(index, np.random.default_rng(seed))
        yield decode(row.ids), decode(row.decoder_targets)


def test_the_triples_of_a_sentence_are_its_target(stream, capital_passages, writing_words):
    for passage, (source, target) in zip(capital_passages, texts(stream("triple")), strict=True):
        assert source.endswith(writing_words.decode(writing_words.encode(passage.text)))
        city, country = passage.text.split()[0], passage.text.split()[5]
        assert parse_structure(target) == [(country, "capital", city)]


def test_mentions_come_with_their_types_in_reading_order(stream):
    found = [parse_structure(target) for _, target in texts(stream("entity"))]

    assert found[0] == [("Berlin", "instance of", "city"), ("Germany", "instance of", "land old")]


def test_the_relation_of_two_mentions_is_asked_with_both(stream):
    for source, target in texts(stream("relation")):
        ((head, _, tail),) = parse_structure(target)
        assert source.index(head) < source.index(tail) < source.index("sent")


def test_tasks_are_drawn_alike(stream):
    mixed = stream("triple", "entity", "relation")

    sources = [next(texts(mixed, seed))[0] for seed in range(60)]

    assert 10 < sum(" between " in source or "between" in source.split("sent")[0] for source in sources) < 32


def test_a_passage_without_facts_is_not_drawn(stream, typed, capital_passages, writing_words):
    form = StructureFormat(vocabulary=writing_words)
    less = typed.with_triples(typed.triples[typed.triples[:, 1] != typed.relations.ids.find("P36")])
    passages = build_passages(capital_passages, typed, writing_words)

    assert len(StructureStream(facts=AlignedFacts(passages, less), form=form, tasks=("triple",))) == 0
    assert len(StructureStream(facts=AlignedFacts(passages, less), form=form, tasks=("entity",))) == 5


def test_a_vocabulary_without_marks_is_told():
    known = {"<unk>": 0, "</s>": 1, "<pad>": 2, "no": 3, "marks": 4, "(": 5}
    tokenizer = Tokenizer(models.WordLevel(known, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", eos_token="</s>", pad_token="<pad>"
    )

    with pytest.raises(ConfigError, match="no word for '\\)'"):
        StructureFormat(vocabulary=Vocabulary(wrapped))
