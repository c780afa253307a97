"""A form that uses every type, and the smallest parts to make others."""

import pytest


def text(german, english=None):
    return {"de": german, "en": english or german}


def question(slug, kind="text", **more):
    return {"slug": slug, "type": kind, "label": text(f"Frage {slug}", f"Question {slug}"), **more}


def options(*values):
    return [{"value": value, "label": text(value.title())} for value in values]


def form_of(*fields):
    return {"steps": [{"slug": "fragen", "title": text("Fragen"), "fields": list(fields)}]}


@pytest.fixture
def lamp():
    """What a lamp's category asks."""
    return form_of(
        question("kaputt", "choice", required=True, options=options("aus", "flackert", "beschaedigt")),
        question("mast", pattern="mast_number", help=text("Sie steht auf einem Schild am Mast.")),
        question("gefahr", "yesno", when={"field": "kaputt", "is": "beschaedigt"}, required=True),
        question(
            "kabel", "yesno", when={"all": [{"field": "gefahr", "is": True}, {"field": "kaputt", "answered": True}]}
        ),
        question("zeuge", private=True),
    )


@pytest.fixture
def everything():
    return form_of(
        question("zeile"),
        question("absatz", "textarea"),
        question("mail", "email"),
        question("telefon", "phone"),
        question("tag", "date", min="2020-01-01", max="today"),
        question("anzahl", "integer", min=1, max=2000, unit=text("Stück", "pieces")),
        question("menge", "decimal", unit="m³"),
        question("wahl", "choice", options=options("rot", "gruen")),
        question("lang", "choice", options=options(*(f"wert{n}" for n in range(12)))),
        question("mehrere", "choices", options=options("a", "b", "c"), max=2),
        question("jain", "yesno"),
        question("zustimmung", "agree"),
    )
