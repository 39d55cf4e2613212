"""Building a form: the list of its questions, each edited in place."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.domain.questionnaire.questions import (
    Column,
    Option,
    Question,
    QuestionKind,
    Words,
    question_of,
    questions_of,
)
from eventhub.i18n import _
from eventhub.questionnaires import presets, queries, service
from eventhub.questionnaires.forms import ActForm, NameForm, QuestionForm, rearranged
from eventhub.questionnaires.models import Questionnaire
from eventhub.questionnaires.permissions import can_edit
from eventhub.questionnaires.uses import list_uses
from eventhub.questionnaires.views.blueprint import bp
from eventhub.questionnaires.views.cards import builder_context, list_stages
from eventhub.web.access import authorize, me, signed_in
from eventhub.web.errors import answer
from eventhub.web.forms import render_form


def _form(form_id: uuid.UUID) -> Questionnaire:
    return authorize(can_edit, queries.get_questionnaire(form_id))


def _back(form_id: uuid.UUID, key: str = "") -> ResponseReturnValue:
    anchor = f"question-{key}" if key else "questions"
    return redirect(url_for(".edit", form_id=form_id, _anchor=anchor), 303)


@bp.get("/<uuid:form_id>")
@signed_in
def edit(form_id: uuid.UUID) -> ResponseReturnValue:
    """The questions, what can be added, and how far the form is."""
    form = _form(form_id)
    context = builder_context(form, undo=request.args.get("removed", ""))
    return render_form("questionnaires/edit.html", NameForm(data={"name": form.name}), **context)


@bp.post("/<uuid:form_id>/name")
@signed_in
def rename(form_id: uuid.UUID) -> ResponseReturnValue:
    """Call it something else."""
    form = _form(form_id)
    name = NameForm()
    if name.validate_on_submit() and name.accepted_by(
        lambda: service.rename_questionnaire(form_id, name=name.name.data or "", by=me())
    ):
        flash(_("表单名称已保存。"), "success")
        return redirect(url_for(".edit", form_id=form_id), 303)
    return render_form("questionnaires/edit.html", name, **builder_context(form))


@bp.route("/<uuid:form_id>/questions/new", methods=["GET", "POST"])
@signed_in
def new_question(form_id: uuid.UUID) -> ResponseReturnValue:
    """Write a further question."""
    form = _form(form_id)
    asked = _fresh(request.args.get("kind", ""), request.args.get("preset", ""))
    return _write(form, asked, is_new=True, after=request.args.get("after", ""))


@bp.route("/<uuid:form_id>/questions/<key>", methods=["GET", "POST"])
@signed_in
def question(form_id: uuid.UUID, key: str) -> ResponseReturnValue:
    """Change a question."""
    form = _form(form_id)
    drafts = questions_of(form.draft)
    asked = next((one for one in drafts if one.key == key), None)
    if asked is None and request.method == "POST":  # taken out since the page was opened
        gone = [line["question"] for line in form.removed if line["question"]["key"] == key]
        asked = question_of(gone[0]) if gone else None
    if asked is None:
        abort(404)
    return _write(form, asked)


def _write(
    form: Questionnaire, asked: Question, *, is_new: bool = False, after: str = ""
) -> ResponseReturnValue:
    questions = questions_of(form.draft)
    stages = list_stages(list_uses(form.id))
    editor = QuestionForm.of(asked, questions, stages=stages, is_new=is_new)
    data = rearranged(editor, request.form.get("op", ""))
    if data is not None:  # a row's button, without a script
        editor = QuestionForm.of(asked, questions, stages=stages, is_new=is_new, data=data)
    elif editor.validate_on_submit() and editor.accepted_by(
        lambda: _saving(form.id, editor, after)
    ):
        return _back(form.id, editor.original.key)
    now = questions_of(queries.get_questionnaire(form.id).draft)
    theirs = next((one for one in now if one.key == asked.key), None)
    editor.overrule(theirs)
    changed = editor.refused is not None and editor.refused.code == "question_changed"
    context = builder_context(
        form,
        editor=editor,
        editing=asked.key,
        kind=asked.kind.value,
        after=after,
        theirs=theirs if changed else None,
    )
    return render_form("questionnaires/edit.html", editor, **context)


def _saving(form_id: uuid.UUID, editor: QuestionForm, after: str) -> None:
    asked = editor.to_question()
    if editor.seen.data:
        service.save_question(form_id, question=asked, seen=editor.seen.data, by=me())
    else:
        made = service.add_question(form_id, question=asked, after=after, by=me())
        editor.original = made


def _fresh(kind: str, preset: str) -> Question:
    """A question to begin with: one of those on offer, or a blank one of a kind."""
    known = presets.find_question(preset)
    if known is not None:
        return known
    if kind not in {one.value for one in QuestionKind}:
        abort(404)
    choices = (Option("o1", Words()), Option("o2", Words()))
    asked = QuestionKind(kind)
    return Question(
        "",
        asked,
        Words(),
        options=choices if asked in {QuestionKind.CHOICE, QuestionKind.CHOICES} else (),
        columns=(Column("c1", Words()),) if asked is QuestionKind.TABLE else (),
    )


def _act(form_id: uuid.UUID) -> Questionnaire:
    form = _form(form_id)
    if not ActForm().validate_on_submit():
        abort(400)
    return form


@bp.post("/<uuid:form_id>/questions/<key>/remove")
@signed_in
def remove(form_id: uuid.UUID, key: str) -> ResponseReturnValue:
    """Take a question out; the page offers to put it back."""
    _act(form_id)
    service.remove_question(form_id, key=key, by=me())
    return redirect(url_for(".edit", form_id=form_id, removed=key, _anchor="gone"), 303)


@bp.post("/<uuid:form_id>/questions/<key>/restore")
@signed_in
def restore(form_id: uuid.UUID, key: str) -> ResponseReturnValue:
    """Put a question back where it was."""
    _act(form_id)
    service.restore_question(form_id, key=key, by=me())
    return _back(form_id, key)


@bp.post("/<uuid:form_id>/questions/<key>/duplicate")
@signed_in
def duplicate(form_id: uuid.UUID, key: str) -> ResponseReturnValue:
    """Put a copy behind a question."""
    _act(form_id)
    made = service.duplicate_question(form_id, key=key, by=me())
    return _back(form_id, made.key)


@bp.post("/<uuid:form_id>/questions/<key>/move")
@signed_in
def move(form_id: uuid.UUID, key: str) -> ResponseReturnValue:
    """Move a question up or down by one."""
    _act(form_id)
    places = -1 if request.form.get("to") == "up" else 1
    service.move_question(form_id, key=key, by_places=places, by=me())
    return _back(form_id, key)


@bp.post("/<uuid:form_id>/order")
@signed_in
def order(form_id: uuid.UUID) -> ResponseReturnValue:
    """Take over the order that a script sends after dragging."""
    _form(form_id)
    body: Any = request.get_json(silent=True)
    keys = body.get("keys") if isinstance(body, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        return answer(422, "invalid", _("顺序没有保存，请刷新页面后重试。"))
    service.order_questions(form_id, keys=keys, by=me())
    return jsonify(saved=True)
