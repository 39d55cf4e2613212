"""The blueprint that the pages of roadshows share."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("roadshows", __name__)
