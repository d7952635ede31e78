"""Classified texts as a table that a spreadsheet reads (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from bigmodel_studio.core.text.messages import sentence
from bigmodel_studio.protocol import TextClassified


def as_csv(answers: Sequence[TextClassified]) -> str:
    """Return a row a text: the text (and its second), class and probability of each of its predictions, and its
    error.
    """
    most = max((len(answer.predictions) for answer in answers), default=0)
    ranks = range(1, most + 1)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    columns = [column for rank in ranks for column in (f"class_{rank}", f"probability_{rank}")]
    writer.writerow(["text", "second", *columns, "error"])
    for answer in answers:
        predicted = [value for each in answer.predictions for value in (each.label, f"{each.probability:.6f}")]
        predicted += [""] * (2 * most - len(predicted))
        writer.writerow([answer.text, answer.second, *predicted, sentence(answer.error) if answer.error else ""])
    return stream.getvalue()
