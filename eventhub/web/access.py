"""Who may open a route: every view declares it, and an architecture test insists."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from eventhub.errors import ForbiddenError, NotFoundError
from eventhub.i18n import lazy

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
T = TypeVar("T")

LINK_SCOPE = "link_scope"  # session key: set when a personal link, not a password, signed in


def _declare(view: View, access: str) -> View:
    view.access = access  # type: ignore[attr-defined]  # read by the architecture test
    return view


def public(view: View) -> View:
    """Anyone may open it."""
    return _declare(view, "public")


def signed_in(view: View) -> View:
    """Only someone signed in with a password; a personal link is not enough."""
    return _declare(cast(View, _guard(view, scope=None)), "signed_in")


def signed_in_or_link(scope: str) -> Callable[[View], View]:
    """Someone signed in with a password, or through a personal link of this scope."""

    def declare(view: View) -> View:
        return _declare(cast(View, _guard(view, scope=scope)), f"link:{scope}")

    return declare


def _guard(view: View, *, scope: str | None) -> Callable[..., ResponseReturnValue]:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            if request.method != "GET" or request.path.startswith("/api/"):
                raise NotSignedInError
            return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
        held = session.get(LINK_SCOPE)
        if held is not None and held != scope:
            raise LinkTooNarrowError
        return view(*args, **kwargs)

    return guarded


class NotSignedInError(ForbiddenError):
    """Nobody is signed in, and the request cannot be sent to the sign-in page."""

    code = "not_signed_in"
    status = 401
    message = lazy("请先登录。")


class LinkTooNarrowError(ForbiddenError):
    """A personal link opens only what it was made for."""

    code = "link_too_narrow"
    message = lazy(
        "您是通过个人链接进入的，它只能打开链接所指的页面。要使用其他功能，请先退出，再用账号登录。"
    )


def me() -> Any:
    """The person signed in: the object itself, not Flask-Login's proxy."""
    return current_user._get_current_object()


def authorize(predicate: Callable[[Any, T], bool], thing: T, *, hide: bool = True) -> T:
    """Hand the thing back to whoever the predicate accepts.

    Raises:
        NotFoundError: refused, and knowing that it exists would already tell something.
        ForbiddenError: refused, and ``hide`` is False.

    """
    person = me() if current_user.is_authenticated else None
    if not predicate(person, thing):
        raise NotFoundError if hide else ForbiddenError
    return thing
