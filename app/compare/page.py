"""The table as one HTML page that needs nothing else: no script, no other file, no other host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files

from app.answering.words import listed
from app.compare.sentences import sentences, substitutions_told
from app.compare.table import Row, Table, name_of, texts_of, ways
from app.compare.words import path_in_words, say
from corpus.records import Clause, Document, Lang
from corpus.text import squeeze
from index.redline import NEW_MARKS, OLD_MARKS

_TAGS = {"-": "del", "+": "ins", "<": 'del class="moved"', ">": 'ins class="moved"'}


def page(table: Table) -> str:
    """The whole page; every word from a text is escaped."""
    lang = table.lang
    title = say("title", lang, old=table.version("old"), new=table.version("new"))
    body = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(say('made_by', lang))}</p>",
        _list(
            f"{document.id}: {say(document.status, lang)}, sha256 {document.sha256}"
            for document in (table.old, table.new)
        ),
        f'<ul class="counts">{"".join(_counted(table))}</ul>',
        _section("summary", table, _list(sentences(table))),
        *([_section("substitutions", table, _list(replaced))] if (replaced := substitutions_told(table)) else []),
        _section("table", table, f"<p>{_legend(table)}</p>{_rows(table)}"),
        _section("derivations", table, _ways(table, "new")),
        _section("destinations", table, _ways(table, "old")),
    ]
    html_lang = "zh-CN" if lang == "zh" else "en"
    style = files("app.compare").joinpath("page.css").read_text(encoding="utf-8")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    inner = "\n".join(body)
    return f'<!doctype html>\n<html lang="{html_lang}"><head>{head}<style>{style}</style></head>\n<body>{inner}</body></html>\n'


def _legend(table: Table) -> str:
    """What the marks mean, each shown as it is used."""
    shown = (("-", "mark_gone"), ("+", "mark_come"), ("<", "mark_away"), (">", "mark_here"))
    return " · ".join(_piece(op, say(key, table.lang)) for op, key in shown)


def _counted(table: Table) -> Iterator[str]:
    for label, count in table.counts.items():
        yield f"<li>{escape(say(label, table.lang))} <strong>{count}</strong></li>"
    key = "all_links" if len(table.rows) == len(table.lineage.links) else "shown_links"
    yield f"<li>{escape(say(key, table.lang, shown=len(table.rows), count=len(table.lineage.links)))}</li>"


def _section(key: str, table: Table, inner: str) -> str:
    heading = say(key, table.lang, old=table.version("old"), new=table.version("new"))
    return f"<section><h2>{escape(heading)}</h2>{inner}</section>"


def _list(items: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"


def _rows(table: Table) -> str:
    lang = table.lang
    heads = [say("side", lang, version=table.version(side)) for side in ("old", "new")]
    cells = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    kinds = "".join(f'<th scope="col" class="kind">{escape(say(key, lang))}</th>' for key in ("kind", "substance"))
    body = "".join(_row(table, row) for row in table.rows)
    return f"<table><thead><tr>{cells}{kinds}</tr></thead><tbody>{body}</tbody></table>"


def _row(table: Table, row: Row) -> str:
    sides = [_side(table.old, row.old, row, OLD_MARKS), _side(table.new, row.new, row, NEW_MARKS)]
    words = [
        "<br>".join(escape(word) for word in found) for found in (row.marks(table.lang), row.substance(table.lang))
    ]
    words[0] += _grounds(row, table.lang)
    cells = "".join(f"<td>{cell}</td>" for cell in (*sides, *words))
    return f'<tr data-label="{escape(row.link.label)}">{cells}</tr>'


def _grounds(row: Row, lang: Lang) -> str:
    """What the link rests on, folded away: shared terms, and which sentence became which."""
    lines = [say("shared_terms", lang, terms=listed(list(row.link.terms), lang))] if row.link.terms else []
    lines += [f"{old} → {new}" for old, new in row.link.sentences if squeeze(old) != squeeze(new)]
    told = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return f"<details><summary>{escape(say('grounds', lang))}</summary>{told}</details>" if told else ""


def _side(document: Document, clauses: Sequence[Clause], row: Row, marks: Sequence[str]) -> str:
    if not clauses:
        return "—"
    names = "<br>".join(
        f'<span class="path">{escape(path_in_words(one.path, document.lang))}</span> {escape(name_of(document, one))}'
        for one in clauses
    )
    if row.link.redline:
        text = "".join(_piece(op, piece) for op, piece in row.link.redline if op in marks)
    else:
        text = escape(texts_of(document, clauses))
    return f'{names}<p class="text">{text}</p>'


def _piece(op: str, text: str) -> str:
    """A piece of a redline, marked unless it is white space: other spaces are no change to a reader."""
    tag = _TAGS.get(op) if text.strip() else None
    return f"<{tag}>{escape(text)}</{tag.split()[0]}>" if tag else escape(text)


def _ways(table: Table, side: str) -> str:
    """Which clauses each clause of a side comes from, or went to, in its own order."""
    key, none = "came_from" if side == "new" else "went_to", say("none", table.lang)
    lines = [
        f"<tr><td>{escape(name)}</td><td>{escape(', '.join(paths) or none)}</td></tr>"
        for name, paths in ways(table, side)
    ]
    heads = "".join(f'<th scope="col">{escape(say(name, table.lang))}</th>' for name in ("clause", key))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
