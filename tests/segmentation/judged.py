"""The same conditions judged in plain Python, of plain facts: what the query must say."""

from __future__ import annotations

from datetime import timedelta

from tests.segmentation.world import Fact, World


def fold(text):
    return "".join(c.lower() if c.isascii() else c for c in text)


def holds(world: World, fact: Fact, said) -> bool:
    if "all" in said:
        return all(holds(world, fact, part) for part in said["all"])
    if "any" in said:
        return any(holds(world, fact, part) for part in said["any"])
    if "not" in said:
        return not holds(world, fact, said["not"])
    if "field" in said:
        return compares(fact.values[said["field"]], said["is"], said.get("value"))
    times = sum(counts(world, deed, said) for deed in fact.deeds)
    return (times >= said.get("times", 1)) == ("did" in said)


def compares(known, how, value) -> bool:
    if how in ("not_equals", "none_of", "has_none_of"):
        plain = {
            "not_equals": "equals",
            "none_of": "one_of",
            "has_none_of": "has_one_of",
        }
        return not compares(known, plain[how], value)
    if how == "has_one_of":
        return bool((known or set()) & set(value))
    is_known = known is not None and known != set()
    if how in ("known", "unknown"):
        return is_known == (how == "known")
    if isinstance(known, set):
        return any(compares(one, how, value) for one in known)
    if not is_known:
        return False
    if how in ("yes", "no"):
        return known == (how == "yes")
    return (
        number(known, how, value)
        if isinstance(known, float | int)
        else text(fold(known), how, value)
    )


def number(known, how, value) -> bool:
    return {
        "at_least": lambda: known >= value,
        "at_most": lambda: known <= value,
        "more_than": lambda: known > value,
        "less_than": lambda: known < value,
        "equals": lambda: known == value,
        "between": lambda: value[0] <= known <= value[1],
    }[how]()


def text(known, how, value) -> bool:
    return {
        "equals": lambda: known == fold(value),
        "one_of": lambda: known in {fold(one) for one in value},
        "contains": lambda: fold(value) in known,
        "starts_with": lambda: known.startswith(fold(value)),
    }[how]()


def counts(world, deed, said) -> bool:
    name, ago, products = deed
    if name != said.get("did", said.get("did_not")) or ago < timedelta(0):
        return False
    if "days" in said and ago >= timedelta(days=said["days"]):
        return False
    asked = [said.get(key) for key in ("products", "brands", "categories")]
    if not any(asked):
        return True
    return any(fits(world, product, *asked) for product in products)


def fits(world, product, products, brands, categories) -> bool:
    # As world.make_goods laid them out.
    top, below, other = (category.pk for category in world.categories)
    within = [{top}, {top, below}, {other}, {other}][world.products.index(product)]
    return (
        (not products or product.pk in products)
        and (not brands or product.brand in brands)
        and (not categories or bool(within & set(categories)))
    )
