"""A Wikidata JSON dump into records: kgpt's reader against `json` and `orjson` with dictionaries doing the same work.

The dump is made here: items of about 13.5 kB, the mean of the real one, with the real one's proportions of names,
sitelinks, statements, references and qualifiers. A path in KGPT_WIKIDATA_DUMP is read instead.
"""

import bz2
import json
import os
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from benchmarks.timing import rates, rows
from kgpt.io import read_byte_lines
from kgpt.records import Dropped, EntityRecord, Literal, Qualifier, Triple
from kgpt.sources.wikidata_dump import WikidataDump
from kgpt.sources.wikidata_value import clean, plain_amount, plain_date, unit_id

NUM_ITEMS = 3_000


def run() -> list[list[str]]:
    """Megabytes and entities a second, decompressed, one process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(os.environ.get("KGPT_WIKIDATA_DUMP") or write_dump(Path(folder) / "dump.json"))
        num_entities = sum(len(line) > 2 for _, line in read_byte_lines(path))
        num_mb = sum(len(line) for _, line in read_byte_lines(path)) / 1e6

        def with_json(loads: Callable[[bytes], Any]) -> float:
            for _, line in read_byte_lines(path):
                if len(line) > 2:
                    records_of(loads(line.rstrip(b",\r")))
            return num_mb

        def with_kgpt() -> float:
            for _ in WikidataDump(path).read():
                pass
            return num_mb

        measured = rates(
            {
                "json + dict": lambda: with_json(json.loads),
                "orjson + dict": lambda: with_json(orjson.loads),
                "kgpt": with_kgpt,
            }
        )
        entities = {f"{name}, entities": rate * num_entities / num_mb for name, rate in measured.items()}
        return rows(measured, unit="MB/s") + rows(entities, unit="entities/s") + _compressed(path, num_mb)


def _compressed(path: Path, num_mb: float) -> list[list[str]]:
    packed = path.with_name("dump.json.bz2") if not path.name.endswith(".bz2") else path
    if packed != path and "KGPT_WIKIDATA_DUMP" in os.environ:
        return []
    packed.write_bytes(bz2.compress(path.read_bytes()))

    def with_bz2() -> float:
        with bz2.open(packed) as file:
            return sum(len(chunk) for chunk in iter(lambda: file.read(2**20), b"")) / 1e6

    def with_kgpt() -> float:
        return sum(len(line) for _, line in read_byte_lines(packed)) / 1e6

    def whole() -> float:
        for _ in WikidataDump(packed).read():
            pass
        return num_mb

    measured = rates(
        {"bz2 alone": with_bz2, "kgpt's lines of .bz2": with_kgpt, "kgpt's records of .bz2": whole}, rounds=1
    )
    return rows(measured, unit="MB/s")


def write_dump(path: Path) -> Path:
    """A dump of `NUM_ITEMS` items."""
    rng = random.Random(0)
    with path.open("wb") as file:
        file.write(b"[\n" + b",\n".join(orjson.dumps(_item(number, rng)) for number in range(NUM_ITEMS)) + b"\n]\n")
    return path


def _item(number: int, rng: random.Random) -> dict[str, Any]:
    codes = ["en", "de", "fr", *(f"l{i}" for i in range(25))]
    names = {code: {"language": code, "value": f"thing {number} in {code}"} for code in codes}
    links = {f"{code}wiki": {"site": f"{code}wiki", "title": f"Thing {number}", "badges": []} for code in codes[:12]}
    claims = {f"P{i}": [_statement(f"P{i}", i, rng)] for i in range(14)}
    return {
        "type": "item",
        "id": f"Q{number}",
        "labels": names,
        "descriptions": names,
        "aliases": {code: [names[code]] for code in codes[:8]},
        "claims": claims,
        "sitelinks": links,
        "lastrevid": number,
    }


def _statement(relation: str, i: int, rng: random.Random) -> dict[str, Any]:
    snak = _snak(relation, i, rng)
    reference = {
        "hash": f"{rng.getrandbits(160):040x}",
        "snaks": {"P248": [_snak("P248", 0, rng)]},
        "snaks-order": ["P248"],
    }
    qualifiers = {"P580": [_snak("P580", 1, rng)]} if i % 4 == 0 else {}
    return {
        "mainsnak": snak,
        "type": "statement",
        "id": f"Q1${rng.getrandbits(128):032x}",
        "rank": "normal",
        "references": [reference],
        "qualifiers": qualifiers,
    }


def _snak(relation: str, i: int, rng: random.Random) -> dict[str, Any]:
    number = rng.randrange(10**8)
    kinds = {
        1: ("time", {"time": "+1952-03-11T00:00:00Z", "precision": 11, "calendarmodel": "http://x/Q1985727"}),
        2: ("quantity", {"amount": "+12.5", "unit": "http://www.wikidata.org/entity/Q11573"}),
        3: ("string", f"{number}"),
        5: ("string", f"n{number}"),
        7: ("monolingualtext", {"text": f"thing {number}", "language": "de"}),
    }
    entity = ("wikibase-entityid", {"entity-type": "item", "numeric-id": number, "id": f"Q{number}"})
    kind, value = kinds.get(i, entity)
    told = {"value": value, "type": kind}
    return {"snaktype": "value", "property": relation, "hash": f"{number:040x}", "datavalue": told, "datatype": kind}


def records_of(entity: dict[str, Any]) -> list[object]:
    """What the reader gives, by dictionaries."""
    head = entity["id"]
    label, about = (
        entity[key].get("en", {}).get("value", "") if entity[key] else "" for key in ("labels", "descriptions")
    )
    aliases = tuple(clean(one["value"]) for one in entity["aliases"].get("en", ())) if entity["aliases"] else ()
    links = entity.get("sitelinks") or {}
    title = clean(links["enwiki"]["title"]) if "enwiki" in links else ""
    found: list[object] = [EntityRecord(head, clean(label), aliases, clean(about), "", title, len(links))]
    for statements in (entity.get("claims") or {}).values():
        best = any(statement["rank"] == "preferred" for statement in statements)
        for statement in statements:
            if statement["rank"] == "deprecated" or (best and statement["rank"] != "preferred"):
                found.append(Dropped(head, statement["rank"]))
                continue
            _add(head, statement, found)
    return found


def _add(head: str, statement: dict[str, Any], found: list[object]) -> None:
    snak = statement["mainsnak"]
    told = _value(snak)
    qualifiers = [one for snaks in (statement.get("qualifiers") or {}).values() for one in snaks]
    if told is None:
        found.append(Dropped(head, snak["snaktype"]))
    elif told[0] == "entity":
        triple = Triple(head, snak["property"], told[1])
        found.append(triple)
        for one in qualifiers:
            value = _value(one)
            dropped = Dropped(head, one["snaktype"])
            found.append(Qualifier(triple, one["property"], value[1], value[0], value[2]) if value else dropped)
    else:
        found.append(Literal(head, snak["property"], told[1], told[0], told[2], snak.get("datatype", ""), told[3]))
        found.extend(Dropped(head, "qualifier_of_literal") for _ in qualifiers)


def _value(snak: dict[str, Any]) -> Any:
    if snak["snaktype"] != "value":
        return None
    value = snak["datavalue"]["value"]
    return _BY_TYPE.get(snak["datavalue"]["type"], lambda text: ("string", clean(text), "", ""))(value)


def _date(value: dict[str, Any]) -> Any:
    date = plain_date(value["time"], value["precision"])
    return ("date", date, "", "") if date else None


_BY_TYPE: dict[str, Callable[[Any], Any]] = {
    "wikibase-entityid": lambda value: ("entity", value.get("id") or f"Q{value['numeric-id']}", "", ""),
    "time": _date,
    "quantity": lambda value: ("quantity", plain_amount(value["amount"]), unit_id(value["unit"]), ""),
    "monolingualtext": lambda value: ("string", clean(value["text"]), "", value["language"]),
    "globecoordinate": lambda value: ("string", f"{value['latitude']:g},{value['longitude']:g}", "", ""),
}
