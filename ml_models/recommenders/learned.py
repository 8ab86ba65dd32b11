"""Models that learned from one past, each once: a blend's members are mostly models that
were tried alone before."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ml_models.data import Deeds, Goods
from ml_models.recommenders.all import make
from ml_models.recommenders.base import Recommender, Say, silent
from ml_models.recommenders.blend import Blend

ORDER = ("weights", "ranker")


@dataclass(frozen=True)
class Recipe:
    """All that makes the same model again: plain JSON."""

    name: str
    config: Mapping[str, Any] = field(default_factory=dict)

    def card(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def order(self) -> dict[str, Any]:
        """What a blend learned, and nobody chose: heavy, and never twice the same."""
        if self.name != Blend.name:
            return {}
        return {name: value for name, value in self.config.items() if name in ORDER}

    @property
    def settings(self) -> dict[str, Any]:
        """The rest of its config."""
        return {n: value for n, value in self.config.items() if n not in self.order}


class Learned:
    def __init__(
        self, deeds: Deeds, goods: Goods, seed: int, say: Say = silent
    ) -> None:
        self.deeds, self.goods, self.seed, self.say = deeds, goods, seed, say
        self.models: dict[str, Recommender] = {}
        # By the same keys, also of models that were forgotten.
        self.seconds: dict[str, float] = {}

    def model(self, recipe: Recipe) -> Recommender:
        """Learns now, if it has not. A blend's order is made anew, its members are not."""
        if recipe.name == Blend.name:
            model = make(recipe.name, recipe.config, self.seed, self.say)
            assert isinstance(model, Blend)
            members = [self.model(Recipe(**one)) for one in recipe.config["members"]]
            model.join(members, self.deeds, self.goods)
            return model
        key = key_of(recipe)
        if key not in self.models:
            self.say(f"Learning {recipe.name.replace('_', ' ')}")
            begun = time.monotonic()
            model = make(recipe.name, recipe.config, self.seed, self.say)
            model.fit(self.deeds, self.goods)
            self.models[key] = model
            self.seconds[key] = time.monotonic() - begun
        return self.models[key]

    def cost(self, recipe: Recipe) -> float:
        """Seconds of learning, its members' if it has some."""
        if recipe.name == Blend.name:
            return sum(self.cost(Recipe(**one)) for one in recipe.config["members"])
        return self.seconds[key_of(recipe)]

    def forget(self, recipe: Recipe) -> None:
        """Give its memory back."""
        self.models.pop(key_of(recipe), None)


def key_of(recipe: Recipe) -> str:
    return json.dumps(recipe.card(), sort_keys=True)
