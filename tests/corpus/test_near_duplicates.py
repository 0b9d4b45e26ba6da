import re

import numpy as np
import pytest

from kgpt.corpus import Curation
from kgpt.corpus.entity_sets import EntitySets
from kgpt.corpus.near_duplicates import NearDuplicates
from kgpt.corpus.words_of_shard import ShardWords
from kgpt.records import Document, Link, Metadata

RNG = np.random.default_rng(3)
WORDS = ["".join(RNG.choice(list("abcdefghijklmnopqrstuvwxyz"), 7)) for _ in range(3000)]
NAMES = [word.capitalize() for word in WORDS[:400]]


def text(seed: int, num_words: int = 200) -> str:
    rng = np.random.default_rng(seed)
    told = [*rng.choice(WORDS, num_words - num_words // 8), *rng.choice(NAMES, num_words // 8)]
    rng.shuffle(told)
    return " ".join(told)


def edited(told: str, share: float, seed: int) -> str:
    """`told` with a share of its words replaced."""
    rng = np.random.default_rng(seed)
    return " ".join(str(rng.choice(WORDS)) if rng.random() < share else word for word in told.split())


def jaccard(left: str, right: str) -> float:
    """Of the sets of five words in a row."""
    shingles = []
    for one in (left, right):
        words = re.findall(r"\w+", one.lower())
        shingles.append({tuple(words[n : n + 5]) for n in range(len(words) - 4)})
    return len(shingles[0] & shingles[1]) / len(shingles[0] | shingles[1])


def curated(documents, **settings):
    """Ids of what stays, and what each dropped document duplicates."""
    told = []
    kept = list(Curation([NearDuplicates(**settings)], told.append).documents(documents))
    return kept, {one.id: one.duplicate_of for one in told}


def test_copies_are_found_by_their_similarity_and_strangers_are_not():
    documents, similar = [], {}
    for number in range(400):
        told = text(number)
        copy = edited(told, RNG.uniform(0, 0.2), number)
        documents += [Document(f"a{number}", told), Document(f"b{number}", copy)]
        similar[number] = jaccard(told, copy)

    _, dropped = curated(documents)

    found = {int(identifier[1:]) for identifier in dropped}
    assert all(one[1:] == other[1:] for one, other in dropped.items())
    assert len(found) == len(dropped)
    high = [number for number, value in similar.items() if value >= 0.8]
    middle = [number for number, value in similar.items() if 0.65 <= value < 0.8]
    low = [number for number, value in similar.items() if value < 0.25]
    assert min(len(high), len(middle), len(low)) > 5
    assert np.mean([number in found for number in high]) >= 0.99
    assert np.mean([number in found for number in middle]) >= 0.9
    assert not found.intersection(low)


VILLAGE = (
    "{name} is a village in the administrative district of Gmina {commune}, within {county} County, in northern "
    "Poland. It lies about {km} kilometres north of {commune}. The village has a population of {people}."
)


def villages(num_documents: int) -> list[Document]:
    rng = np.random.default_rng(0)
    filled = [
        VILLAGE.format(
            name=f"{NAMES[number % 400]}{WORDS[number]}",
            commune=NAMES[number % 9],
            county=NAMES[number % 3],
            km=rng.integers(3, 30),
            people=rng.integers(50, 400),
        )
        for number in range(num_documents)
    ]
    return [Document(f"v{number:04}", told) for number, told in enumerate(filled)]


def test_stubs_about_different_entities_stay_apart_and_their_copies_do_not():
    stubs = villages(800)
    copies = [Document(f"x{one.id}", one.text.replace("lies about", "lies some")) for one in stubs[:200]]

    kept, dropped = curated(stubs + copies)
    blind, _ = curated(stubs, entities=False)

    assert set(dropped) <= {one.id for one in copies}
    assert len(dropped) >= 180, "one word in 35 is another: a similarity of 0.72"
    assert all(other == one.removeprefix("x") for one, other in dropped.items())
    assert len(kept) == 1000 - len(dropped)
    assert len(blind) < 100, "by text alone they are all alike"


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        (
            "{} बिहार राज्य के पटना जिले का एक गाँव है। गाँव में एक विद्यालय और एक पुराना मंदिर है और नदी पास में बहती है",
            "कगचजटडतदनपबमरलस",
        ),
        (
            "{} هي قرية تقع في محافظة حلب في شمال البلاد وفيها مدرسة ومسجد قديم ويمر بالقرب منها نهر صغير",
            "بتجدرسشطعفقكلمن",
        ),
    ],
)
def test_stubs_in_scripts_without_capitals_stay_apart_by_the_words_they_begin_with(pattern, letters):
    names = sorted({"".join(np.random.default_rng(seed).choice(list(letters), 5)) for seed in range(200)})
    stubs = [Document(str(number), pattern.format(name)) for number, name in enumerate(names)]
    copies = [Document(f"x{one.id}", one.text + " .") for one in stubs[:50]]

    kept, dropped = curated(stubs + copies)
    blind, _ = curated(stubs, entities=False)

    assert len(kept) == len(stubs) and all(one.strip("x") == other.strip("x") for one, other in dropped.items())
    assert len(blind) < len(stubs) / 4, "by text alone they are all alike"


@pytest.mark.parametrize("letters", ["कगचजटडतदनपबमरलस", "天地玄黃宇宙洪荒日月盈昃"])
def test_long_texts_in_such_scripts_are_found_whatever_they_begin_with(letters):
    rng = np.random.default_rng(7)
    texts = [" ".join("".join(rng.choice(list(letters), 6)) for _ in range(300)) for _ in range(20)]
    originals = [Document(str(number), one) for number, one in enumerate(texts)]
    copies = [Document(f"before {one.id}", f"{letters[:5]} {one.text}") for one in originals[:7]]
    copies += [Document(f"without {one.id}", one.text.partition(" ")[2]) for one in originals[7:14]]
    copies += [
        Document(f"edited {one.id}", one.text.replace(one.text.split()[2], letters[:4])) for one in originals[14:]
    ]

    kept, dropped = curated(originals + copies)

    assert len(kept) == 20 and len(dropped) == 20


def test_texts_that_link_different_entities_stay_apart():
    told = "the old mill by the river was built by the first owner of the land and stands there to this day"
    first, second = (Document(one, told, (Link(4, 12, f"Q{one}"),)) for one in "12")
    again = Document("3", f"{told} still", (Link(4, 12, "Q1"),))

    _, dropped = curated([first, second, again])

    assert dropped == {"1": "3"}


def test_more_links_then_length_then_the_smallest_id_decide_who_stays():
    told = text(1)
    documents = [
        Document("d", told),
        Document("b", f"{told}!"),
        Document("c", told + " more"),
        Document("a", told, (Link(0, 3, "Q1"),)),
    ]
    orders = [documents, documents[::-1], documents[2:] + documents[:2]]

    for order in orders:
        kept, _ = curated(order)
        (stays,) = [one for one in kept if one.id == "a"]
        assert stays.metadata.extra["cluster"] == {"id": "a", "size": 4, "step": "near_duplicates"}

    assert [one.id for one in curated(documents[:1] + documents[2:3])[0]] == ["c"]
    equal = [Document(one, told) for one in "zxy"]
    assert [one.id for one in curated(equal)[0]] == ["x"]


def test_a_source_that_is_named_first_stays():
    told = text(1)
    web, book = (Document(one, told, metadata=Metadata(source=one)) for one in ("a web", "book"))

    assert [one.id for one in curated([web, book])[0]] == ["a web"]
    assert [one.id for one in curated([web, book], priority=("book",))[0]] == ["book"]


def test_documents_without_words_are_nobodys_duplicates():
    kept, dropped = curated([Document("a", "..."), Document("b", "!"), Document("c", "")])

    assert len(kept) == 3 and not dropped


def test_ten_thousand_copies_are_one_cluster():
    documents = [Document(str(number), VILLAGE) for number in range(10_000)]

    kept, dropped = curated(documents)

    assert [one.metadata.extra["cluster"]["size"] for one in kept] == [10_000]
    assert set(dropped.values()) == {"0"}


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ("The town of Bonn lies on the Rhine. It was a capital.", ["bonn", "rhine"]),
        ("Bonn am Rhein: Die Stadt", ["bonn", "rhein", "stadt"]),
        ("New York City has 8 boroughs", ["new", "york", "city", "8"]),
        ("in 1984 George Orwell\nWrote", ["1984", "george", "orwell"]),
        ("", []),
    ],
)
def test_names_are_capital_words_within_sentences_numbers_and_what_a_text_opens_with(told, names):
    words = ShardWords.of(["Before it.", told, "After it"])
    expected = ShardWords.of([" ".join(names)])

    found = set(words.hashes[words.ends[1] : words.ends[2]][words.is_name[words.ends[1] : words.ends[2]]].tolist())

    assert found == set(expected.hashes.tolist()) - ({0} if names else set())


def first_name(told):
    words = ShardWords.of(["x", told])
    begin = words.ends[1]
    return words.hashes[begin:][words.is_first_name[begin:]].tolist(), int(words.first_places()[1])


@pytest.mark.parametrize(
    ("told", "name", "place"),
    [
        ("The village of Alt Bern lies in Bern", "alt bern", 3),
        ("University of Lyon 2 is in Lyon", "university of lyon 2", 0),
        ("In 1900 Ada left", "ada", 2),
    ],
)
def test_the_first_name_of_a_text_is_known_with_its_place(told, name, place):
    assert first_name(told) == (ShardWords.of([name]).hashes.tolist(), place)


def test_a_text_without_names_has_no_first_one():
    assert first_name("nothing of note 7")[0] == []


def test_a_short_document_goes_only_where_the_one_that_stays_says_its_name():
    told = "{} is a village by the sea that has a church and a school and a mill and a very old bridge over the river"
    near, far, none = Document("a", told.format("Abel")), Document("b", told.format("Cain")), told.format("it")

    kept, dropped = curated([near, far, Document("c", f"It is so that {none}")])

    assert {"a", "b"} <= {one.id for one in kept}
    assert set(dropped.values()) <= {"a", "b"}


def test_one_name_may_begin_with_another():
    told = "{} is a place in Hyogo Prefecture that has a church and a school and a mill and a very old bridge"

    kept, _ = curated([Document(one, told.format(one)) for one in ("Ako", "Ako Line", "Ako Harbour Line")])

    assert len(kept) == 3


def test_sets_that_were_cut_are_compared_as_far_as_they_reach():
    many = [f"Name{number}x" for number in range(300)]
    texts = ["x " + " ".join(many), "x " + " ".join(many[10:])]
    sets = EntitySets.named(ShardWords.of(texts))

    assert sets.lengths.tolist() == [64, 64]
    assert sets.conflicts(np.array([[0, 1]])) == pytest.approx([0])


def test_conflicts_count_what_each_names_and_the_other_does_not():
    texts = ["x Ada Bob Cid", "x Ada Bob Cid Dan", "x Ada Bob Eve", "x nobody"]
    sets = EntitySets.named(ShardWords.of(texts))

    found = sets.conflicts(np.array([[0, 1], [0, 2], [1, 2], [0, 3]]))

    assert found == pytest.approx([0, 1 / 3, 1 / 3, 0])


@pytest.mark.parametrize("entities", [True, False])
def test_in_a_crowd_larger_than_a_window_the_order_of_documents_changes_nothing(entities):
    crowd = [Document(f"{n:03}", edited(text(7, 80), 0.03, n)) for n in range(150)]
    turned = [crowd[n] for n in np.random.default_rng(1).permutation(len(crowd))]

    kept, dropped = curated(crowd, entities=entities)
    kept_then, dropped_then = curated(turned, entities=entities)

    assert dropped and len(kept) > 1
    assert {one.id for one in kept_then} == {one.id for one in kept}
    assert dropped_then == dropped
