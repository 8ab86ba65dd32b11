"""Where the shop's own admin shows a thing."""

from __future__ import annotations

POSTS = frozenset({"products", "coupons"})


def page_of(url: str, kind: str, woo_id: int, *, has_order_tables: bool | None) -> str:
    """ "" where WordPress has no page for it: refunds, variations, terms."""
    admin = f"{url}/wp-admin"
    if kind in POSTS or (kind == "orders" and has_order_tables is False):
        return f"{admin}/post.php?post={woo_id}&action=edit"
    if kind == "orders":
        return f"{admin}/admin.php?page=wc-orders&action=edit&id={woo_id}"
    if kind == "customers":
        return f"{admin}/user-edit.php?user_id={woo_id}"
    return ""
