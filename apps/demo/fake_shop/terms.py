"""Categories, tags, attributes: edits of these move no product and send no webhook."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from apps.demo.fake_shop.errors import RestError
from apps.demo.fake_shop.hooks import Hooks
from apps.demo.fake_shop.rows import Attribute, Term
from apps.demo.fake_shop.state import Table


def slug_of(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "x"


class Terms(Hooks):
    def add_category(self, name: str, parent: int = 0, **fields: Any) -> int:
        return self.add_term(self.categories, name, parent, **fields)

    def add_tag(self, name: str, **fields: Any) -> int:
        return self.add_term(self.tags, name, 0, **fields)

    def add_attribute(self, name: str, terms: list[str] | None = None) -> int:
        with self.lock:
            number = self.next_id("attribute")
            self.attributes.add(Attribute(number, name, f"pa_{slug_of(name)}"))
            for term in terms or []:
                self.add_term(self.terms, term, number)
            return number

    def add_attribute_term(self, attribute: int, name: str) -> int:
        return self.add_term(self.terms, name, attribute)

    def add_term(
        self, table: Table[Term], name: str, parent: int, *,
        slug: str = "", description: str = "",
    ) -> int:  # fmt: skip
        with self.lock:
            for term in table:
                if term.name.lower() == name.lower() and term.parent == parent:
                    message = "A term with the name provided already exists in this taxonomy."  # fmt: skip
                    raise RestError(
                        400, "term_exists", message, {"resource_id": term.id}
                    )
            number = self.next_id("term")
            table.add(Term(number, name, slug or slug_of(name), parent, description))
            return number

    def edit_category(self, pk: int, **fields: Any) -> None:
        self.edit_term(self.categories, pk, fields)

    def edit_tag(self, pk: int, **fields: Any) -> None:
        self.edit_term(self.tags, pk, fields)

    def edit_term(self, table: Table[Term], pk: int, fields: dict[str, Any]) -> None:
        with self.lock:
            term = table[pk]
            for name in ("name", "slug", "parent", "description"):
                if name in fields:
                    setattr(term, name, fields[name])
            table.version += 1

    def delete_category(self, pk: int) -> None:
        self.delete_term(self.categories, pk, "categories")

    def delete_tag(self, pk: int) -> None:
        self.delete_term(self.tags, pk, "tags")

    def delete_term(self, table: Table[Term], pk: int, field: str) -> None:
        """Products lose it without a change of their date, as in WordPress."""
        with self.lock:
            table.remove(pk)
            for product in self.products:
                held: tuple[int, ...] = getattr(product, field)
                if pk in held:
                    setattr(product, field, tuple(one for one in held if one != pk))
            self.products.version += 1
