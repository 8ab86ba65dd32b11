from __future__ import annotations

from ml_models.recommenders.learned import Recipe

MEMBERS = [Recipe("popularity").card()]


def test_what_a_blend_learned_is_apart_from_how_it_was_set():
    blend = Recipe("blend", {"members": MEMBERS, "repeats": True, "ranker": "tree"})
    assert blend.settings == {"members": MEMBERS, "repeats": True}
    assert blend.order == {"ranker": "tree"}
    assert {**blend.settings, **blend.order} == blend.config


def test_other_recipes_are_all_settings():
    recipe = Recipe("item_knn", {"weights": 1})
    assert (recipe.settings, recipe.order) == ({"weights": 1}, {})
