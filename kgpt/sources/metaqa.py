"""MetaQA (Zhang et al., 2018): questions of one, two and three hops about a graph of films.

    {1,2,3}-hop_{train,dev,test}.txt          question with its [topic entity], tab, answers separated by `|`
    {1,2,3}-hop_{train,dev,test}_qtype.txt    the type of each: `actor_to_movie_to_year`
    entity2text.txt, relation2text.txt        id, label

Each plain or compressed. Names are bound to the folder's ids, types to paths of its relations. The release's own parts
share facts with each other (a film's director is asked for in train and in test, in other words), so they are no splits
here: `parts` chooses which are read, and questions are split by their facts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from kgpt.errors import DataError
from kgpt.io import read_lines
from kgpt.records import INVERSE, Dropped, Question
from kgpt.sources.naming import find_file, read_columns

_RELATIONS = {
    "director": "directed by",
    "writer": "written by",
    "actor": "starred actors",
    "year": "release year",
    "language": "in language",
    "tag": "has tags",
    "tags": "has tags",
    "genre": "has genre",
    "imdbvotes": "has imdb votes",
    "imdbrating": "has imdb rating",
}
_TOPIC = "movie"
UNKNOWN_NAME = "name_not_in_graph"


@dataclass(frozen=True, slots=True)
class MetaQa:
    """The questions of MetaQA's folder.

    Args:
        folder: with questions and names.
        hops: which numbers of hops are read.
        parts: which of the release's parts are read, those of them that lie there.
    """

    folder: Path
    hops: tuple[str, ...] = ("1", "2", "3")
    parts: tuple[str, ...] = ("train", "dev", "test")

    def files(self) -> Sequence[Path]:
        """Questions with their types, then names."""
        asked = [path for _, *paths in self._parts() for path in paths]
        return [*asked, self._named("entity2text"), self._named("relation2text")]

    def read(self) -> Iterator[Question | Dropped]:
        """The questions; one that names what the folder has not is left out.

        Raises:
            DataError: no questions, a malformed line, an unknown type, or types that do not fit their questions.
        """
        entities, relations = (_ids_by_name(self._named(name)) for name in ("entity2text", "relation2text"))
        parts = list(self._parts())
        if not parts:
            raise DataError(f"{self.folder}: no questions of MetaQA ({{1,2,3}}-hop_dev.txt) of hops {self.hops}")
        for name, asked, types in parts:
            for place, line, kind in _lines(asked, types):
                number = place.rsplit(":", maxsplit=1)[1]
                yield _question(f"{name}-{number}", line, path_of(kind, relations, place=place), entities, place)

    def _parts(self) -> Iterator[tuple[str, Path, Path]]:
        for hops in self.hops:
            for part in self.parts:
                name = f"{hops}-hop_{part}"
                asked = find_file(self.folder, [name], [".txt"])
                if asked is not None:
                    yield name, asked, self._named(f"{name}_qtype")

    def _named(self, name: str) -> Path:
        path = find_file(self.folder, [name], [".txt"])
        if path is None:
            raise DataError(f"{self.folder}: {name}.txt is missing; MetaQA's names and types lie beside its questions")
        return path


def _ids_by_name(path: Path) -> dict[str, str]:
    """The ids of a file of names; one that is blank is nobody's."""
    return {texts[0]: identifier for identifier, *texts in read_columns(path) if texts}


def path_of(kind: str, relations: Mapping[str, str], *, place: str) -> tuple[str, ...]:
    """The path of a question's type, from its topic to its answers.

    Args:
        kind: such as `actor_to_movie_to_year`.
        relations: ids by label.
        place: leads the error message.

    Raises:
        DataError: no such type.

    >>> path_of("actor_to_movie_to_year", {"starred actors": "2", "release year": "3"}, place="x")
    ('^2', '3')
    """
    path = []
    for one, other in pairwise(kind.split("_to_")):
        label = _RELATIONS.get(one if other == _TOPIC else other)
        if label is None or label not in relations or (one == _TOPIC) == (other == _TOPIC):
            raise DataError(f"{place}: MetaQA has no question type {kind!r}; such as actor_to_movie_to_year is known")
        path.append(f"{INVERSE if other == _TOPIC else ''}{relations[label]}")
    if not path:
        raise DataError(f"{place}: MetaQA has no question type {kind!r}; such as actor_to_movie_to_year is known")
    return tuple(path)


def _lines(asked: Path, types: Path) -> Iterator[tuple[str, str, str]]:
    """The place, line and type of every question."""
    kinds = read_lines(types)
    for number, line in read_lines(asked):
        kind = next(kinds, None)
        if kind is None:
            raise DataError(f"{types}: has fewer lines than {asked.name}, which has a question in line {number}")
        yield f"{asked}:{number}", line, kind[1].strip()
    if (more := next(kinds, None)) is not None:
        raise DataError(f"{types}:{more[0]}: a type without its question in {asked.name}")


def _question(
    identifier: str, line: str, path: tuple[str, ...], entities: Mapping[str, str], place: str
) -> Question | Dropped:
    text, tab, told = line.partition("\t")
    start, stop = text.find("["), text.rfind("]")
    answers = tuple(dict.fromkeys(told.split("|")))
    if not tab or not all(answers) or not 0 <= start < stop:
        raise DataError(
            f"{place}: expected a question with its [topic], a tab and answers separated by |, found {line[:80]!r}"
        )
    topic = text[start + 1 : stop]
    if topic not in entities or any(answer not in entities for answer in answers):
        return Dropped(identifier, UNKNOWN_NAME)
    return Question(
        id=identifier,
        text=f"{text[:start]}{topic}{text[stop + 1 :]}",
        answers=answers,
        entity=entities[topic],
        relation=path[0] if len(path) == 1 else "",
        answer_entities=tuple(entities[answer] for answer in answers),
        path=path,
    )
