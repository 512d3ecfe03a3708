"""Fragments of a page that ask for themselves again."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string


def fragment(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """Answer with a fragment and its ETag, or 304 when the asker has it already."""
    html = render_to_string(template, dict(context), request)
    tag = f'"{sha256(html.encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    return HttpResponse(html, headers={"ETag": tag})
