"""A small whole input for every form that kgpt reads: what the fuzzer breaks."""

import gzip
import html
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

_WD = "http://www.wikidata.org/"
_PAGE = (
    "<page><title>{}</title><ns>0</ns><id>{}</id>{}"
    "<revision><timestamp>2002</timestamp><text>{}</text></revision></page>"
)
_HTML = "<html><head><title>Berlin</title></head><body><article><h1>Berlin</h1><p>{}</p></article></body></html>"


@dataclass(frozen=True, slots=True)
class Sample:
    """Files that together are one input, of which the first is the one that is broken.

    Args:
        source: what is given to kgpt, `{}` standing for the folder of the files.
        files: contents by name.
    """

    source: str
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def broken(self) -> str:
        """The name of the file that the fuzzer writes."""
        return next(iter(self.files))


def _lines(*values: object) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()


def _sample(source: str, **files: bytes | str) -> Sample:
    named = {name.replace("__", "."): content for name, content in files.items()}
    return Sample(source, {name: one.encode() if isinstance(one, str) else one for name, one in named.items()})


def _table(columns: Mapping[str, list[object]]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def _archive() -> bytes:
    body = _HTML.format("Berlin is the capital of Germany and lies on the river Spree. " * 8).encode()
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Target-URI: http://example.org/\r\n"
        "WARC-Date: 2021-01-01T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(http)}"
    )
    return head.encode() + b"\r\n\r\n" + http + b"\r\n\r\n"


_ITEM = {
    "type": "item",
    "id": "Q64",
    "labels": {"en": {"language": "en", "value": "Berlin"}},
    "aliases": {"en": [{"language": "en", "value": "Berlin, Germany"}]},
    "descriptions": {"en": {"language": "en", "value": "capital"}},
    "claims": {
        "P17": [
            {
                "rank": "normal",
                "type": "statement",
                "mainsnak": {
                    "snaktype": "value",
                    "property": "P17",
                    "datavalue": {"type": "wikibase-entityid", "value": {"entity-type": "item", "id": "Q183"}},
                },
                "qualifiers": {
                    "P580": [
                        {
                            "snaktype": "value",
                            "property": "P580",
                            "datavalue": {
                                "type": "time",
                                "value": {"time": "+1990-10-03T00:00:00Z", "precision": 11, "calendarmodel": "x"},
                            },
                        }
                    ]
                },
            }
        ],
        "P1082": [
            {
                "rank": "preferred",
                "mainsnak": {
                    "snaktype": "value",
                    "property": "P1082",
                    "datavalue": {"type": "quantity", "value": {"amount": "+3645000", "unit": "1"}},
                },
            }
        ],
    },
    "sitelinks": {"enwiki": {"site": "enwiki", "title": "Berlin"}},
}
_TRIPLES = "Q64\tP17\tQ183\nQ183\tP36\tQ64\nQ64\tP1082\t3645000\n"
_NT = (
    f"<{_WD}entity/Q64> <{_WD}prop/direct/P17> <{_WD}entity/Q183> .\n"
    f'<{_WD}entity/Q64> <http://www.w3.org/2000/01/rdf-schema#label> "Berl\\u00EDn"@en .\n'
    f'<{_WD}entity/Q64> <{_WD}prop/direct/P571> "1237-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .\n'
)
_TURTLE = (
    f"@prefix wd: <{_WD}entity/> . @prefix wdt: <{_WD}prop/direct/> .\n"
    "wd:Q64 wdt:P17 wd:Q183 ; wdt:P1082 3645000 ; wdt:P571 [ wdt:P1 wd:Q1 ] .\n"
)
_RDF_XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:p="http://p/">'
    '<rdf:Description rdf:about="http://e/Q64"><p:in rdf:resource="http://e/Q183"/></rdf:Description></rdf:RDF>'
)
_JSON_LD = json.dumps(
    {"@context": {"in": {"@id": "http://p/in", "@type": "@id"}}, "@id": "http://e/1", "in": "http://e/2"}
)
_KGTK = (
    "id\tnode1\tlabel\tnode2\nE1\tQ64\tP17\tQ183\nE2\tQ64\tP1082\t+3645000\nE3\tQ64\tP571\t^1237-01-01T00:00:00Z/9\n"
)

GRAPHS: Mapping[str, Sample] = {
    "benchmark": _sample("benchmark:{}", train__txt="Q64\tP17\tQ183\n", entity2text__txt="Q64\tBerlin\n"),
    "benchmark names": _sample("benchmark:{}", entity2text__txt="Q64\tBerlin\n", train__txt="Q64\tP17\tQ183\n"),
    "codex": _sample("codex:{}", train__txt="Q64\tP17\tQ183\n", valid_negatives__txt="Q64\tP17\tQ1\n"),
    "kgtk": _sample("kgtk:{}/a.tsv", a__tsv=_KGTK),
    "ntriples": _sample("rdf:{}/a.nt", a__nt=_NT),
    "ntriples, gzip": _sample("rdf:{}/a.nt.gz", a__nt__gz=gzip.compress(_NT.encode(), mtime=0)),
    "nquads": _sample("rdf:{}/a.nq", a__nq=_NT.replace(" .\n", " <http://g> .\n")),
    "turtle": _sample("rdf:{}/a.ttl", a__ttl=_TURTLE),
    "trig": _sample(
        "rdf:{}/a.trig", a__trig="GRAPH <http://g> {\n<http://a> <http://b> <http://c> , 1.5 , true .\n}\n"
    ),
    "rdf/xml": _sample("rdf:{}/a.rdf", a__rdf=_RDF_XML),
    "json-ld": _sample("rdf:{}/a.jsonld", a__jsonld=_JSON_LD),
    "csv": _sample("table:{}/a.csv", a__csv='head,relation,tail\n"Ber,lin",in,Germany\n'),
    "parquet graph": _sample(
        "table:{}/a.parquet", a__parquet=_table({"head": ["a"], "relation": ["r"], "tail": ["b"]})
    ),
    "triples": _sample("triples:{}/a.tsv", a__tsv=_TRIPLES),
    "tsv": _sample("tsv:{}", triples__tsv="Q64\tP17\tQ183\n", entities__tsv="Q64\tBerlin\tcapital\tBerlin, Germany\n"),
    "tsv entities": _sample(
        "tsv:{}", entities__tsv="id\tlabel\tdescription\naliases\nQ64\tBerlin\tcapital\tx|y\n", triples__tsv=_TRIPLES
    ),
    "wd50k": _sample("wd50k:{}/a.txt", a__txt="Q1,P1,Q2,P3,Q4\nQ1,P2,Q5\n"),
    "wikidata": _sample("wikidata:{}/a.json", a__json="[\n" + json.dumps(_ITEM) + ",\n" + json.dumps(_ITEM) + "\n]\n"),
    "wikidata5m": _sample(
        "wikidata5m:{}",
        wikidata5m_all_triplet__txt="Q64\tP17\tQ183\n",
        wikidata5m_entity__txt="Q64\tBerlin\tBerlin, Germany\n",
        wikidata5m_text__txt="Q64\tBerlin is the capital.\n",
    ),
}

_LINKED = {
    "id": "a",
    "text": "Berlin lies in Germany.",
    "links": [{"start": 0, "end": 6, "entity": "Q64", "score": 0.5}],
    "triples": [["Q64", "P17", "Q183"]],
    "metadata": {"source": "s", "license": "CC0", "language": "en", "url": "http://e/"},
}
_NIF = (
    "@prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .\n"
    "@prefix its: <http://www.w3.org/2005/11/its/rdf#> .\n"
    '<http://d/m> nif:referenceContext <http://d/0> ; nif:beginIndex 0 ; nif:endIndex 6 ; nif:anchorOf "Berlin" ;\n'
    f"  its:taIdentRef <{_WD}entity/Q64> .\n"
    '<http://d/0> a nif:Context ; nif:isString "Berlin grows" .\n'
)
_FEWREL = {
    "relation": "P17",
    "tokens": ["Berlin", ",", "Germany"],
    "h": ["berlin", "Q64", [[0]]],
    "t": ["g", "Q183", [[2]]],
}
_KILT = {
    "wikipedia_id": "1",
    "wikipedia_title": "Mars",
    "text": ["Mars\n", "Mars is a planet.\n", "Section::::Moons.\n", "BULLET::::- Phobos\n"],
    "anchors": [{"text": "planet", "href": "Planet", "paragraph_id": 1, "start": 10, "end": 16}],
    "wikidata_info": {"wikidata_id": "Q111"},
}
_KNOWLEDGENET = {
    "doc": "7",
    "pass_start": 10,
    "pass_end": 33,
    "passage": "Ada is a child of Byron.",
    "property": "CHILD_OF",
    "sub_start": 10,
    "sub_end": 13,
    "sub_text": "Ada",
    "sub_qid": "Q7259",
    "obj_start": 28,
    "obj_end": 33,
    "obj_text": "Byron",
    "obj_qid": "Q5679",
}
_TEKGEN = {
    "id": "t1",
    "sent": "In Göttingen, Gauss met Gauss.",
    "sub": "Q6722",
    "rel": "P937",
    "obj": "Q3033",
    "sub_label": "Gauss",
    "rel_label": "work location",
    "obj_label": "Göttingen",
}
_TREX = {
    "docid": _WD + "entity/Q64",
    "title": "Berlin",
    "uri": _WD + "entity/Q64",
    "text": "Berlin lies in Germany. It grew.",
    "entities": [
        {"boundaries": [0, 6], "surfaceform": "Berlin", "uri": _WD + "entity/Q64", "annotator": "Wikidata"},
        {"boundaries": [24, 26], "surfaceform": "It", "uri": _WD + "entity/Q64", "annotator": "Simple_Coreference"},
    ],
    "triples": [
        {
            "subject": {"uri": _WD + "entity/Q64"},
            "predicate": {"uri": _WD + "prop/direct/P17"},
            "object": {"uri": _WD + "entity/Q183"},
        }
    ],
}
_TREX_SENTENCE = {
    "id": "t",
    "text": "Turing",
    "mentions": [{"start": 0, "end": 6, "qid": "Q7251"}],
    "triples": [["Q1", "P1", "Q2"]],
}
_WIKITEXT = (
    "'''Mars''' is the [[Planet|fourth planet]].{{Infobox|a={{b}}}}\n"
    "== Moons ==\n* [[Phobos]]&nbsp;<ref name=x>y</ref>\n{| class=w\n| a\n|}\n"
)
_WIKIPEDIA = (
    '<mediawiki xml:lang="en"><siteinfo><dbname>enwiki</dbname><base>https://a.b/wiki/Main_Page</base></siteinfo>'
    + _PAGE.format("Mars", 1, "", html.escape(_WIKITEXT))
    + _PAGE.format("Red planet", 2, '<redirect title="Mars" />', "#REDIRECT [[Mars]]")
    + "</mediawiki>"
)

DOCUMENTS: Mapping[str, Sample] = {
    "jsonl": _sample("jsonl:{}/a.jsonl", a__jsonl=_lines(_LINKED, {"id": "b", "text": "x"})),
    "jsonl, gzip": _sample("jsonl:{}/a.jsonl.gz", a__jsonl__gz=gzip.compress(_lines(_LINKED), mtime=0)),
    "text": _sample("text:{}/a.txt", a__txt="Berlin grows.\n\nGermany, too: fünf.\n"),
    "elevant": _sample(
        "elevant:{}/a.jsonl",
        a__jsonl=_lines({"id": 3, "text": "Berlin", "labels": [{"span": [0, 6], "entity_id": "Q64"}]}),
    ),
    "fewrel": _sample("fewrel:{}/a.jsonl", a__jsonl=_lines(_FEWREL)),
    "fewrel, whole": _sample("fewrel:{}/a.json", a__json=json.dumps({"P17": [_FEWREL]})),
    "html": _sample("html:{}/a.html", a__html="<html><title>B</title><body><p>Berlin grows.</p></body></html>"),
    "kilt": _sample("kilt:{}/a.json", a__json=_lines(_KILT)),
    "knowledgenet": _sample("knowledgenet:{}/a.jsonl", a__jsonl=_lines(_KNOWLEDGENET)),
    "nif": _sample("nif:{}/a.ttl", a__ttl=_NIF),
    "parquet": _sample("parquet:{}/a.parquet", a__parquet=_table({"id": ["a"], "text": ["Berlin"]})),
    "tekgen": _sample("tekgen:{}/a.jsonl", a__jsonl=_lines(_TEKGEN)),
    "trex": _sample("trex:{}/a.json", a__json=json.dumps([_TREX])),
    "trex_sentences": _sample("trex_sentences:{}/a.jsonl", a__jsonl=_lines(_TREX_SENTENCE)),
    "warc": _sample("warc:{}/a.warc", a__warc=_archive()),
    "wikipedia": _sample(
        "wikipedia:{}/a.xml?titles={}/titles.tsv", a__xml=_WIKIPEDIA, titles__tsv="Mars\tQ111\nPhobos\tQ7547\n"
    ),
    "titles": _sample(
        "wikipedia:{}/a.xml?titles={}/titles.tsv", titles__tsv="Mars\tQ111\nPhobos\tQ7547\n", a__xml=_WIKIPEDIA
    ),
}

_POPQA = {
    "id": 7,
    "question": "What is X's occupation?",
    "possible_answers": '["politician", "pol"]',
    "s_uri": f"{_WD}entity/Q1",
    "o_uri": f"{_WD}entity/Q2",
    "prop": "occupation",
    "prop_id": 22,
    "s_pop": 142,
}
_MINTAKA = {
    "id": "m",
    "question": "Which book?",
    "translations": {"de": "Welches Buch?"},
    "questionEntity": [{"name": 4, "entityType": "ordinal"}, {"name": "Q44523", "entityType": "entity"}],
    "answer": {"answerType": "entity", "answer": [{"name": "Q5", "label": {"en": "Dawn"}}], "mention": "Breaking Dawn"},
}
_RUBQ = {
    "uid": 4,
    "question_text": "Какой?",
    "question_eng": "Which country?",
    "query": "SELECT ?answer \nWHERE {\n  wd:Q14452 wdt:P17 ?answer\n}",
    "answers": [{"type": "uri", "value": f"{_WD}entity/Q298", "wd_names": {"en": ["Chile"], "ru": ["Чили"]}}],
}
_ASKED = {
    "id": "q1",
    "question": "Where?",
    "answers": ["Berlin"],
    "entity": "Q183",
    "relation": "P36",
    "answer_entities": ["Q64"],
    "stated_in_text": True,
    "split": "test",
}
_METAQA = {
    "1-hop_dev.txt": b"who directed [Kismet]\tWilliam Dieterle|1944\n",
    "1-hop_dev_qtype.txt": b"movie_to_director\n",
    "entity2text.txt": b"0\tKismet\n1\tWilliam Dieterle\n2\t1944\n",
    "relation2text.txt": b"0\tdirected by\n3\trelease year\n",
}

QUESTIONS: Mapping[str, Sample] = {
    "questions": _sample("questions:{}/a.jsonl", a__jsonl=_lines(_ASKED)),
    "popqa": _sample("popqa:{}/a.jsonl", a__jsonl=_lines(_POPQA)),
    "mintaka": _sample("mintaka:{}/a.json", a__json=json.dumps([_MINTAKA])),
    "rubq": _sample("rubq:{}/a.json", a__json=json.dumps([_RUBQ], ensure_ascii=False)),
    "simplequestions": _sample("simplequestions:{}/a.tsv", a__tsv="Q1\tR57\tQ2\tWhat film did X direct?\n"),
    "metaqa": Sample("metaqa:{}", _METAQA),
    "metaqa names": Sample("metaqa:{}", {"entity2text.txt": _METAQA["entity2text.txt"], **_METAQA}),
}

PASSAGES = _sample(
    "{}/a.jsonl",
    a__jsonl=_lines(
        {
            "id": "p",
            "document": "d",
            "text": "Berlin is the capital of Germany.",
            "links": [[0, 6, "Q64", 1.0], [25, 32, "Q183", 0.5]],
            "alignments": [["Q64", "P1376", "Q183", 0.9]],
            "metadata": {"source": "wiki", "cluster": {"id": "d", "size": 2, "step": "near_duplicates"}},
            "literals": [["Q64", "P571", "1237", "date", "", 0, 6, 0.8]],
        }
    ),
)
TEMPLATES = _sample(
    "{}/a.yaml",
    a__yaml='P36:\n  statements: ["[T] is the capital of [H]."]\n  questions: ["What is the capital of [H]?"]\n',
)
CONFIG = Sample(
    "{}/a.yaml",
    {
        "a.yaml": b"extends: embedded:base\nname: x\ngraph: {select: {head_frac: 0.5, relations: [P17]}}\n"
        b"arms:\n  text_only: {recipe: text_only}\n  mine: {recipe: {type: kg_t5, num_hops: [1, 2]}}\nseeds: [0, 1]\n"
    },
)
