from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as some

from apps.core.errors import InvalidInputError
from apps.registry.services import versions
from apps.segmentation.models import Place
from apps.segmentation.services.conditions.catalog import FIELDS
from apps.segmentation.services.conditions.compiled import members
from apps.segmentation.services.conditions.deeds import DEEDS
from apps.segmentation.services.conditions.field import COMPARISONS, Kind
from apps.segmentation.services.conditions.parse import (
    MOST_DEEP,
    ConditionError,
    parse,
)
from apps.shop.models import Customer
from tests.conftest import NOW
from tests.segmentation.judged import holds
from tests.segmentation.world import (
    BRANDS,
    JSON_NUMBERS,
    NUMBERS,
    make_world,
)

pytestmark = pytest.mark.django_db
TEXTS = {
    "country": ("DE", "de", "AT", "FR", "XX"),
    "city": ("berlin", "Graz", "Łódź", "er", "B"),
    "language": ("en", "de", "d"),
    "rfm_code": ("511", "111", "5"),
}
FLAGS = (
    "registered",
    "guest",
    "has_email",
    "has_phone",
    "consent_email",
    "consent_sms",
)


def comparison(world):
    numbers = some.sampled_from((*NUMBERS, *JSON_NUMBERS, "rfm_recency"))
    amount = some.sampled_from((-1, 0, 0.5, 1, 1.5, 2, 3, 4))
    pair = some.lists(amount, min_size=2, max_size=2).map(sorted)
    hows = some.sampled_from(
        ("at_least", "at_most", "more_than", "less_than", "equals", "not_equals")
    )
    of_number = some.builds(said, numbers, hows, amount)
    between = some.builds(said, numbers, some.just("between"), pair)
    known = some.builds(
        said,
        some.sampled_from((*NUMBERS, *JSON_NUMBERS, *TEXTS, *FLAGS, "brand_shares")),
        some.sampled_from(("known", "unknown")),
    )
    texts = some.sampled_from(sorted(TEXTS)).flatmap(
        lambda name: some.one_of(
            some.builds(
                said, some.just(name),
                some.sampled_from(("equals", "not_equals", "contains", "starts_with")),
                some.sampled_from(TEXTS[name]),
            ),
            some.builds(
                said, some.just(name), some.sampled_from(("one_of", "none_of")),
                some.lists(some.sampled_from(TEXTS[name]), min_size=1, max_size=3),
            ),
        )
    )  # fmt: skip
    flags = some.builds(
        said, some.sampled_from(FLAGS), some.sampled_from(("yes", "no"))
    )
    brands = some.builds(
        said, some.just("brand_shares"),
        some.sampled_from(("has_one_of", "has_none_of")),
        some.lists(some.sampled_from(BRANDS), min_size=1, max_size=2),
    )  # fmt: skip
    return some.one_of(of_number, between, known, texts, flags, brands, deed(world))


def said(field, how, value=None):
    found = {"field": field, "is": how}
    return found if value is None else {**found, "value": value}


def deed(world):
    plain = some.sampled_from(("visited", "registered"))
    rich = some.sampled_from(("bought", "returned", "viewed", "carted", "wished"))
    ids = lambda rows: some.lists(  # noqa: E731
        some.sampled_from([row.pk for row in rows]), min_size=1, max_size=2
    )
    window = {"times": some.integers(1, 3), "days": some.sampled_from((1, 5, 7, 30))}
    goods = {
        "products": ids(world.products),
        "categories": ids(world.categories),
        "brands": some.lists(some.sampled_from(BRANDS), min_size=1, max_size=2),
    }
    key = some.sampled_from(("did", "did_not"))
    return some.one_of(
        some.builds(
            lambda key, name, more: {key: name, **more},
            key, plain, some.fixed_dictionaries({}, optional=window),
        ),
        some.builds(
            lambda key, name, more: {key: name, **more},
            key, rich, some.fixed_dictionaries({}, optional={**window, **goods}),
        ),
    )  # fmt: skip


def depth(said):
    parts = [*said.get("all", ()), *said.get("any", ())]
    parts += [said["not"]] if "not" in said else []
    return 1 + max((depth(part) for part in parts), default=0)


def conditions(world):
    return some.recursive(
        comparison(world),
        lambda parts: some.one_of(
            some.lists(parts, min_size=1, max_size=3).map(lambda found: {"all": found}),
            some.lists(parts, min_size=1, max_size=3).map(lambda found: {"any": found}),
            parts.map(lambda found: {"not": found}),
        ),
        max_leaves=6,
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_query_says_what_plain_python_says(store, other_store, seed):
    world = make_world(store, seed)
    make_world(other_store, seed + 100, people=2)

    @settings(max_examples=80, suppress_health_check=list(HealthCheck))
    @given(conditions(world), some.booleans())
    def compare(said, is_some):
        assume(depth(said) <= MOST_DEEP)
        asked = [fact.pk for fact in world.facts[:5]] if is_some else None
        found = set(members(store, said, NOW, asked).values_list("pk", flat=True))
        facts = world.facts[:5] if is_some else world.facts
        assert found == {fact.pk for fact in facts if holds(world, fact, said)}

    compare()


def test_every_field_and_every_comparison_of_it_is_asked(store):
    """Nothing that the form offers breaks the query, on an empty shop and a full one."""
    make_world(store, 1, people=3)
    everybody = Customer.objects.of(store).live().exclude(email="").count()
    for field in FIELDS.values():
        for how in COMPARISONS[field.kind]:
            found = members(store, said(field.name, how, value_for(field, how)), NOW)
            opposite = {"not": said(field.name, how, value_for(field, how))}
            others = members(store, opposite, NOW)
            assert found.count() + others.count() == everybody, (field.name, how)
    for name in DEEDS:
        did = members(store, {"did": name}, NOW).count()
        assert did + members(store, {"did_not": name}, NOW).count() == everybody, name


def value_for(field, how):
    if how in ("known", "unknown", "yes", "no"):
        return None
    if how == "between":
        return [0, 1]
    word = field.choices[0][0] if field.choices else "x"
    if "one_of" in how or "none_of" in how:
        return [word]
    return 1 if field.kind == Kind.NUMBER else word


def deep(levels):
    found = {"field": "orders", "is": "known"}
    for _ in range(levels):
        found = {"not": found}
    return found


ORDERS = {"field": "orders", "is": "at_least", "value": 1}
WRONG = {
    "nothing": ({}, "", "exactly one of"),
    "no object": ([], "", "an object"),
    "two at once": ({"all": [ORDERS], "any": [ORDERS]}, "", "exactly one of"),
    "an empty group": ({"all": []}, "all", "one at least"),
    "a group that is no list": ({"any": ORDERS}, "any", "A list"),
    "more beside a group": ({"all": [ORDERS], "name": 1}, "", "Not known here: name"),
    "no such field": ({"all": [ORDERS, {"field": "shoe", "is": "known"}]}, "all[1].field", "no field shoe"),
    "a field that is no text": ({"field": ["orders"], "is": "known"}, "field", "no field"),
    "no such comparison": ({"field": "orders", "is": "like"}, "is", "compared by: at_least"),
    "a text for a number": ({"not": {"field": "orders", "is": "equals", "value": "1"}}, "not.value", "A number"),
    "a flag for a number": ({"field": "orders", "is": "equals", "value": True}, "value", "A number"),
    "a huge number": ({"field": "orders", "is": "equals", "value": 10**400}, "value", "too large"),
    "no value": ({"field": "orders", "is": "at_least"}, "value", "A number"),
    "a value too many": ({"field": "guest", "is": "yes", "value": 1}, "value", "Nothing"),
    "three numbers": ({"field": "orders", "is": "between", "value": [1, 2, 3]}, "value", "Two numbers"),
    "the larger one first": ({"field": "orders", "is": "between", "value": [2, 1]}, "value", "smaller"),
    "a long text": ({"field": "city", "is": "equals", "value": "x" * 201}, "value", "200 letters"),
    "no text": ({"field": "city", "is": "one_of", "value": ["a", "  "]}, "value[1]", "A text"),
    "a NUL": ({"field": "city", "is": "equals", "value": "a\x00"}, "value", "no text"),
    "half a letter": ({"field": "city", "is": "equals", "value": "\ud800"}, "value", "no text"),
    "a long list": ({"field": "city", "is": "one_of", "value": ["x"] * 201}, "value", "200 values"),
    "too deep": (deep(9), ".".join(["not"] * 9), "deep at most"),
    "too many": ({"all": [ORDERS] * 61}, "all", "60 conditions"),
    "too many in groups": ({"all": [{"any": [ORDERS] * 31}] * 2}, "all[1].any[29]", "60 conditions"),
    "no such deed": ({"did": "sang"}, "did", "One of: bought"),
    "never": ({"did": "bought", "times": 0}, "times", "From 1 to 1000"),
    "half an order": ({"did_not": "bought", "times": 1.5}, "times", "whole number"),
    "eleven years": ({"did": "bought", "days": 4000}, "days", "From 1 to 3650"),
    "an id that is none": ({"did": "bought", "products": [2**63]}, "products[0]", "From 1"),
    "a visit with a product": ({"did": "visited", "products": [1]}, "", "Not known here: products"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_makes_no_sense_is_refused_with_its_place(case):
    told, path, problem = WRONG[case]
    with pytest.raises(ConditionError) as refused:
        parse(told)
    assert refused.value.path == path
    assert problem in refused.value.problem
    assert isinstance(refused.value, InvalidInputError)


def test_a_hint_names_no_unit_but_the_form_s(store):
    """The form takes percent, conditions take parts of one."""
    assert FIELDS["churn_risk"].words == (
        "How likely it is that they order nothing in the next 90 days"
    )
    assert FIELDS["churn_band"].words == "From 50 % on medium, from 80 % on high"


def test_another_store_is_never_met(store, other_store):
    make_world(other_store, 1, people=4)
    assert members(store, {"field": "has_email", "is": "yes"}, NOW).count() == 0
    assert members(store, {"did_not": "bought"}, NOW).count() == 0


def test_what_comes_later_does_not_count_yet(store):
    world = make_world(store, 2)
    before = NOW - timedelta(days=5)
    for fact in world.facts:
        earlier = [
            ago for name, ago, _ in fact.deeds if name == "bought" and ago.days > 5
        ]
        found = members(store, {"did": "bought"}, before, [fact.pk]).exists()
        assert found == bool(earlier)


def test_a_learned_segment_is_the_champions(store, ada, dov):
    old, new = (
        versions.register(store, "segmentation.groups", versions.Trained("five", NOW))
        for _ in range(2)
    )
    versions.promote(new, NOW)
    for version, person, code in (
        (old, ada, "vip"),
        (new, ada, "new"),
        (new, dov, "vip"),
    ):
        Place.objects.create(
            store=store, version=version, customer=person, code=code, since_at=NOW,
            placed_at=NOW,
        )  # fmt: skip
    vip = said("learned_segment", "one_of", ["vip", "loyal"])
    assert [one.pk for one in members(store, vip, NOW)] == [dov.pk]
    with pytest.raises(ConditionError, match="value: One of: vip, loyal"):
        parse(said("learned_segment", "equals", "rich"))


def test_conditions_are_plain_json():
    told = {"all": [ORDERS, {"not": {"did": "bought", "days": 30, "brands": ["Arc"]}}]}
    assert parse(json.loads(json.dumps(told))) == parse(told)
