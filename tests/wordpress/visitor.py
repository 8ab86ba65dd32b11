"""Someone with a browser: keeps cookies, reads forms, sends them."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

from tests.wordpress.site import PASSWORD, Site


class Form:
    def __init__(self, action: str) -> None:
        self.action = action
        self.fields: dict[str, str] = {}


class FormReader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(found.get("action", "")))
        elif tag == "input" and self.forms and "name" in found:
            is_box = found.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in found:
                self.forms[-1].fields[found["name"]] = found.get("value", "")
        elif tag == "select" and "name" in found:
            self.select = found["name"]
        elif tag == "option" and self.forms and "selected" in found:
            self.forms[-1].fields[self.select] = found.get("value", "")


class Visitor:
    def __init__(self, site: Site) -> None:
        self.site = site
        self.http = httpx.Client(base_url=site.url, timeout=30, trust_env=False)

    def sign_in(self, name: str) -> None:
        # WordPress believes in cookies only when its test cookie comes back.
        self.http.cookies.set("wordpress_test_cookie", "WP Cookie check")
        answer = self.http.post("/wp-login.php", data={"log": name, "pwd": PASSWORD})
        assert answer.status_code == 302, answer.text

    def open(self, path: str) -> httpx.Response:
        return self.http.get(path, follow_redirects=True)

    def send(self, page: httpx.Response, action: str, **changed: str) -> httpx.Response:
        """The page's form that goes to `action`, with some fields changed."""
        form = next(
            form for form in FormReader(page.text).forms if form.action.endswith(action)
        )
        return self.http.post(
            urljoin(str(page.url), form.action),
            data=form.fields | changed,
            follow_redirects=True,
        )

    def send_action(
        self, page: httpx.Response, action: str, **changed: str
    ) -> httpx.Response:
        """The page's form that admin-post.php answers by this action."""
        form = self.form(page, action)
        return self.http.post(
            urljoin(str(page.url), form.action),
            data=form.fields | changed,
            follow_redirects=True,
        )

    def form(self, page: httpx.Response, action: str) -> Form:
        return next(
            form
            for form in FormReader(page.text).forms
            if form.fields.get("action") == action
        )

    def leave(self) -> None:
        self.http.close()
