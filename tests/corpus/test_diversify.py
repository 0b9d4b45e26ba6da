import numpy as np
import pytest

from kgpt.corpus import Curation
from kgpt.corpus.diversify import Diversify
from kgpt.errors import DataError
from kgpt.records import Document, Metadata

RNG = np.random.default_rng(5)
TOPICS = [[f"t{topic}w{number}" for number in range(60)] for topic in range(6)]


def texts(num_texts: int) -> list[Document]:
    """Texts of six topics with words of their own."""
    return [
        Document(f"{n:03}", " ".join([*RNG.choice(TOPICS[n % 6], 40), *(f"own{n}x{m}" for m in range(20))]))
        for n in range(num_texts)
    ]


def curated(documents, **settings):
    told = []
    kept = list(Curation([Diversify(**settings)], told.append).documents(documents))
    return [one.id for one in kept], {one.id: one for one in told}


def test_one_of_those_that_mean_the_same_stays_and_the_others_say_which():
    documents = texts(60)
    copies = [Document(f"copy {one.id}", " ".join(RNG.permutation(one.text.split()))) for one in documents[:20]]

    kept, dropped = curated(documents + copies, prototypical_frac=0)

    assert len(kept) == 60
    for gone in dropped.values():
        assert gone.reason == "diversify:semantic_duplicate"
        assert gone.duplicate_of.removeprefix("copy ") == gone.id.removeprefix("copy ")
        assert gone.duplicate_of in kept


def test_stubs_about_different_entities_mean_different_things():
    documents = [
        Document(str(n), f"{name} is a village in the district of {place}, with a church and a mill.")
        for n, (name, place) in enumerate(
            (f"{a}{b}", f"{b}{a}") for a in ("Alt", "Neu", "Ober") for b in ("dorf", "bach")
        )
    ]
    again = [Document(f"copy {one.id}", one.text.replace("a church", "one church")) for one in documents]

    kept, dropped = curated(documents + again, prototypical_frac=0, max_similarity=0.3, num_clusters=1)
    blind, _ = curated(documents + again, prototypical_frac=0, max_similarity=0.3, num_clusters=1, entities=False)

    assert {one.removeprefix("copy ") for one in kept} == {one.id for one in documents} and len(kept) == 6
    assert {(one.id.removeprefix("copy "), one.duplicate_of.removeprefix("copy ")) for one in dropped.values()} == {
        (one.id, one.id) for one in documents
    }
    assert len(blind) < 6


def test_verbalised_triples_pass():
    told = [Document(str(n), "Ulm lies in Germany.", metadata=Metadata(source="kgpt verbalize")) for n in range(9)]

    assert len(curated(told)[0]) == 9 and len(curated(told, except_sources=())[0]) == 1


def test_a_chain_of_twins_ends_at_one_that_stays():
    documents = [Document(str(n), "one two three four five six seven eight " * 3 + f"w{n // 3}") for n in range(30)]

    kept, dropped = curated(documents, prototypical_frac=0, max_similarity=0.8, num_clusters=1)

    assert kept
    assert {one.duplicate_of for one in dropped.values()} <= set(kept)


def test_the_most_prototypical_share_goes():
    crowd = [Document(f"crowd {n}", " ".join(RNG.choice(TOPICS[0], 50)) + f" x{n}") for n in range(40)]
    odd = [Document(f"odd {n}", " ".join(f"odd{n}y{m}" for m in range(50))) for n in range(10)]

    kept, dropped = curated(crowd + odd, prototypical_frac=0.4, num_clusters=1)

    assert len(dropped) == 20
    assert {one.reason for one in dropped.values()} == {"diversify:prototypical"}
    assert {f"odd {n}" for n in range(10)} <= set(kept)


def test_the_order_of_documents_changes_nothing_but_theirs():
    documents = [Document(str(n), f"{one.text} again") for n, one in enumerate(texts(30) * 2)]

    kept, _ = curated(documents, num_clusters=1, prototypical_frac=0)
    turned, _ = curated(documents[::-1], num_clusters=1, prototypical_frac=0)

    assert len(kept) == len(turned) == 30


@pytest.mark.parametrize("num_documents", [0, 1, 2])
def test_next_to_no_documents_are_no_trouble(num_documents):
    kept, dropped = curated(texts(num_documents))

    assert len(kept) == num_documents and not dropped


def test_a_checkpoint_embeds_the_texts(tmp_path):
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = {word: n for n, word in enumerate(["[PAD]", "[UNK]", *(word for topic in TOPICS for word in topic)])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(tmp_path)
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=len(words), **sizes)).save_pretrained(tmp_path)
    documents = [Document(str(n), " ".join(TOPICS[n % 6][:30])) for n in range(12)]

    step = Diversify(model=str(tmp_path), prototypical_frac=0, max_similarity=0.9999, num_clusters=1)
    told = step.sketch(documents, None)["vectors"]
    kept = list(Curation([step]).documents(documents))

    assert told.shape == (12, 32)
    assert np.abs(told[:6] - told[6:]).max() < 1e-2
    assert len(kept) == 6
    assert {path.name for path in step.files()} >= {"config.json", "model.safetensors", "tokenizer.json"}


def test_a_folder_without_a_checkpoint_is_told(tmp_path):
    with pytest.raises(DataError, match=r"no checkpoint \(no config\.json\)"):
        Diversify(model=str(tmp_path)).sketch([Document("a", "x")], None)
