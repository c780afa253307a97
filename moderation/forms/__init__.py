"""The forms of the desk. They read what was typed; what is allowed, the verbs decide."""

from moderation.forms.base import DeedForm, PhotosField, TextForm
from moderation.forms.release import PhotoForm, ReleaseForm, WordingForm
from moderation.forms.work import (
    AssignForm,
    CategoryForm,
    MessageForm,
    MoveForm,
    NoteForm,
    PassOnForm,
    PlaceForm,
    QuestionForm,
    SettleForm,
    UpdateForm,
)

__all__ = [
    "AssignForm",
    "CategoryForm",
    "DeedForm",
    "MessageForm",
    "MoveForm",
    "NoteForm",
    "PassOnForm",
    "PhotoForm",
    "PhotosField",
    "PlaceForm",
    "QuestionForm",
    "ReleaseForm",
    "SettleForm",
    "TextForm",
    "UpdateForm",
    "WordingForm",
]
