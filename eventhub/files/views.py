"""Taking files in by tus 1.0: creation, with the first piece if one likes, expiration, termination.

See https://tus.io/protocols/resumable-upload. What a file is for, its metadata say: ``purpose``,
``subject``, ``part``, ``ordinal`` and ``filename``, each in Base64.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from functools import wraps
from typing import Any, BinaryIO, cast

from flask import Blueprint, Flask, Response, abort, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from werkzeug.http import http_date

from eventhub.errors import InvalidError
from eventhub.files import service
from eventhub.files.models import Upload
from eventhub.i18n import _
from eventhub.web.access import View, me, public, signed_in
from eventhub.web.errors import answer
from eventhub.web.navigation import person
from eventhub.web.security import limiter

bp = Blueprint("files", __name__)

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,termination"
PIECE_TYPE = "application/offset+octet-stream"


def _whoever() -> str:
    someone = person()
    return f"person:{someone.id}" if someone is not None else get_remote_address()


@bp.after_request
def _say_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _speaks_tus(view: View) -> View:
    """A client must name the version, except when it only asks in words."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if request.method == "GET" or request.headers.get("Tus-Resumable") == VERSION:
            return view(*args, **kwargs)
        message = _("上传协议的版本不对，请刷新页面后重试。")
        refusal = jsonify(error={"code": "tus_version", "message": message})
        return refusal, 412, {"Tus-Version": VERSION}

    return cast(View, checked)


@bp.route("/uploads", methods=["OPTIONS"], provide_automatic_options=False)
@public
def describe() -> ResponseReturnValue:
    """What this server speaks."""
    return "", 204, {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS}


@bp.post("/uploads")
@signed_in
@_speaks_tus
@limiter.limit("120/hour", key_func=_whoever)
def create() -> ResponseReturnValue:
    """Make room for a file, and take its first piece if it came along."""
    told = _metadata(request.headers.get("Upload-Metadata", ""))
    upload = service.start_upload(
        purpose=told.get("purpose", ""),
        subject_id=_key(told.get("subject", "")),
        part_id=_key(told["part"]) if told.get("part") else None,
        ordinal=_number(told.get("ordinal", "0"), 100),
        name=told.get("filename", ""),
        size=_number(request.headers.get("Upload-Length", ""), 1 << 40),
        by=me(),
    )
    headers = {"Location": url_for(".state", upload_id=upload.id), **_facts(upload)}
    if request.mimetype == PIECE_TYPE and request.content_length:
        received = _take(upload.id, 0)
        headers["Upload-Offset"] = str(received)
    return "", 201, headers


@bp.get("/uploads/<uuid:upload_id>")
@signed_in
@_speaks_tus
@limiter.limit("600/minute", key_func=_whoever)
def state(upload_id: uuid.UUID) -> ResponseReturnValue:
    """How far an upload is: to HEAD in the headers, to GET in words as well."""
    upload = service.get_upload(upload_id, by=me())
    word = "open"
    if upload.refusal is not None:
        word = "refused"
    elif upload.file_id is not None:
        word = "done"
    elif upload.received == upload.size:
        word = "whole"
    answer_ = jsonify(state=word, refusal=upload.refusal, received=upload.received)
    answer_.headers.update(_facts(upload))
    return answer_


@bp.route("/uploads/<uuid:upload_id>", methods=["PATCH"])
@signed_in
@_speaks_tus
@limiter.limit("600/minute", key_func=_whoever)
def proceed(upload_id: uuid.UUID) -> ResponseReturnValue:
    """Take the next piece; with the last one the answer says what became of the file."""
    if request.mimetype != PIECE_TYPE:
        return answer(415, "unsupported_media", _("不支持这种内容格式。"))
    offset = _number(request.headers.get("Upload-Offset", ""), 1 << 40)
    return "", 204, {"Upload-Offset": str(_take(upload_id, offset))}


@bp.delete("/uploads/<uuid:upload_id>")
@signed_in
@_speaks_tus
@limiter.limit("600/minute", key_func=_whoever)
def cancel(upload_id: uuid.UUID) -> ResponseReturnValue:
    """Forget an upload."""
    service.cancel_upload(upload_id, by=me())
    return "", 204


@bp.post("/uploads/<uuid:upload_id>")
@signed_in
@_speaks_tus
@limiter.limit("600/minute", key_func=_whoever)
def overridden(upload_id: uuid.UUID) -> ResponseReturnValue:
    """For what stands between and lets no PATCH or DELETE pass."""
    meant = {"PATCH": proceed, "DELETE": cancel}.get(
        request.headers.get("X-HTTP-Method-Override", "").upper()
    )
    if meant is None:
        return answer(405, "method_not_allowed", _("这个地址不接受这种请求。"))
    return meant(upload_id)


def _take(upload_id: uuid.UUID, offset: int) -> int:
    if (request.content_length or 0) > service.PIECE_MAX:
        abort(413)
    stream = cast(BinaryIO, request.stream)
    return service.continue_upload(upload_id, offset=offset, stream=stream, by=me())[0]


def _facts(upload: Upload) -> dict[str, str]:
    return {
        "Upload-Offset": str(upload.received),
        "Upload-Length": str(upload.size),
        "Upload-Expires": http_date(upload.expires_at),
    }


def _metadata(text: str) -> dict[str, str]:
    """``key base64,key base64``.

    Raises:
        InvalidError: it is not.

    """
    told = {}
    for pair in filter(None, text.split(",")):
        key, _space, value = pair.strip().partition(" ")
        try:
            told[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise InvalidError from None
    return told


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise InvalidError from None


def _number(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 15 and int(text) <= most):
        raise InvalidError
    return int(text)


def register(app: Flask) -> None:
    """Mount the protocol."""
    app.register_blueprint(bp)
