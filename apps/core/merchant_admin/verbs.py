"""Buttons on a row's page that do something: always by POST, asked for where it hurts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from apps.core.errors import LuxeBrainError
from apps.core.merchant_admin.roles import MANAGER, reaches


@dataclass(frozen=True)
class Verb:
    """`name` finds the method `do_<name>(request, row, values)`, which returns a
    sentence for the person or a response of its own.

    With a question or a form there is a page in between.
    """

    name: str
    label: str
    icon: str = ""
    role: str = MANAGER
    style: str = "plain"
    question: str = ""
    form: type[forms.Form] | None = None

    @property
    def asks_first(self) -> bool:
        return bool(self.question or self.form)


class WithVerbs:
    """Mixed into StoreAdmin. `list_verbs` concern no single row: "Invite someone"."""

    verbs: tuple[Verb, ...] = ()
    list_verbs: tuple[Verb, ...] = ()
    model: Any
    opts: Any
    admin_site: Any

    def verbs_for(self, request: HttpRequest, row: Any) -> list[Verb]:
        """Those that make sense now; extended by pages whose rows have states."""
        return [verb for verb in self.verbs if reaches(request, verb.role)]

    def list_verbs_for(self, request: HttpRequest) -> list[Verb]:
        return [verb for verb in self.list_verbs if reaches(request, verb.role)]

    def verb_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view, view_list = self.verb_view, self.list_verb_view
        wrap = self.admin_site.admin_view
        return [
            path("do/<slug:verb_name>/", wrap(view_list), name=f"{name}_list_verb"),
            path(
                "<path:object_id>/do/<slug:verb_name>/", wrap(view), name=f"{name}_verb"
            ),
        ]

    def verb_url(self, verb: Verb, row: Any = None) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if row is None:
            return reverse(f"{name}_list_verb", args=[verb.name])
        return reverse(f"{name}_verb", args=[row.pk, verb.name])

    def verb_view(
        self, request: HttpRequest, object_id: str, verb_name: str
    ) -> HttpResponseBase:
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        return self.carry_out(request, row, self.verbs, verb_name)

    def list_verb_view(self, request: HttpRequest, verb_name: str) -> HttpResponseBase:
        return self.carry_out(request, None, self.list_verbs, verb_name)

    def carry_out(
        self, request: HttpRequest, row: Any, verbs: tuple[Verb, ...], name: str
    ) -> HttpResponseBase:
        verb = next((known for known in verbs if known.name == name), None)
        if verb is None:
            raise Http404
        if not reaches(request, verb.role):
            raise PermissionDenied
        form = self.verb_form(request, verb, row)
        is_sent = request.method == "POST" and (form is None or form.is_valid())
        if not is_sent:
            return self.ask(request, verb, row, form)
        values = form.cleaned_data if form else {}
        try:
            answer = getattr(self, f"do_{verb.name}")(request, row, values)
        except LuxeBrainError as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(self.back_to(row))
        if isinstance(answer, HttpResponseBase):
            return answer
        messages.success(request, answer)
        return HttpResponseRedirect(self.back_to(row))

    def verb_form(
        self, request: HttpRequest, verb: Verb, row: Any
    ) -> forms.Form | None:
        if verb.form is None:
            return None
        data = request.POST if request.method == "POST" else None
        return verb.form(data, initial=self.verb_initial(request, verb, row))

    def verb_initial(
        self, request: HttpRequest, verb: Verb, row: Any
    ) -> dict[str, Any]:
        return {}

    def ask(
        self, request: HttpRequest, verb: Verb, row: Any, form: forms.Form | None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            **self.page_context(),  # type: ignore[attr-defined]
            "title": verb.label,
            "opts": self.opts,
            "original": row,
            "verb": verb,
            "form": form,
            "back_url": self.back_to(row),
        }
        return TemplateResponse(request, "admin/verb.html", context)

    def back_to(self, row: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if row is None or row.pk is None:
            return reverse(f"{name}_changelist")
        return reverse(f"{name}_change", args=[row.pk])
