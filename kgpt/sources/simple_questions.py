"""SimpleQuestions on Wikidata (Diefenbach et al., 2017): `s<TAB>p<TAB>o<TAB>question`, `R19` for P19 turned round.

The file holds ids alone: a question's answers are named by the graph it is asked about.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kgpt.errors import DataError
from kgpt.io import read_lines
from kgpt.records import INVERSE, Question

_TURNED = "R"


@dataclass(frozen=True, slots=True)
class SimpleQuestions:
    """A file of questions of one hop; a question that stands there with several answers is one question."""

    path: Path

    def files(self) -> Sequence[Path]:
        """The file itself."""
        return [self.path]

    def read(self) -> Iterator[Question]:
        """Its questions, each where it first stands.

        Raises:
            DataError: a line has not four columns, or ids of another form.
        """
        found: dict[tuple[str, str, str], tuple[str, list[str]]] = {}
        for number, line in read_lines(self.path):
            cells = [cell.strip() for cell in line.split("\t")]
            if len(cells) != 4 or not all(cells) or cells[1][0] not in ("P", _TURNED):
                raise DataError(
                    f"{self.path}:{number}: expected s, p (P.. or R..), o and a question, found {line[:80]!r}"
                )
            entity, relation, answer, text = cells
            answers = found.setdefault((entity, relation, text), (f"{self.path.name}-{number}", []))[1]
            if answer not in answers:
                answers.append(answer)
        for (entity, relation, text), (identifier, answers) in found.items():
            number_of = relation[1:]
            path = f"{INVERSE if relation[0] == _TURNED else ''}P{number_of}"
            yield Question(identifier, text, (), entity, path, tuple(answers), path=(path,))
