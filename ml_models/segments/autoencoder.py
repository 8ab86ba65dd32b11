"""The autoencoder: numbers through a narrow code and back. Loads TensorFlow: only workers
that train import it.

It begins as the straight map that keeps most (the principal directions), so that
distances between codes mean what those between numbers do; what it learns beside is how
numbers bend together.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ml_models.segments.base import Floats
from ml_models.segments.encoder import PARTS, Encoder
from ml_models.segments.learned import Config, Learned

WIDTH = 6
# Making a graph takes longer than so many steps without one.
WORTH_A_GRAPH = 300


class Autoencoder(Learned):
    """k-means on the codes of an autoencoder."""

    name = "autoencoder"

    def __init__(self, config: Config | None = None, seed: int = 0) -> None:
        super().__init__(config or Config(width=WIDTH), seed)

    def encode(self, numbers: Floats, serving: Encoder | None) -> dict[str, Any]:
        """Losses of each epoch."""
        random = np.random.default_rng(self.seed)
        most = min(self.config.rows, len(numbers))
        seen = numbers[random.choice(len(numbers), most, replace=False)]
        network = Network(seen, self.config, self.seed)
        epochs, rate = self.config.epochs, self.config.learning_rate
        if serving and serving.weights:
            network.begin_with(serving, seen)
            epochs, rate = self.config.warm_epochs, self.config.warm_rate
        losses = network.learn(seen, epochs, rate)
        self.encoder = network.encoder()
        return {"losses": losses}


class Network:
    """The layers. seen: (customers, numbers)."""

    def __init__(self, seen: Floats, config: Config, seed: int) -> None:
        self.config = config
        count, width = seen.shape[1], config.width
        _, _, main = np.linalg.svd(seen - seen.mean(axis=0), full_matrices=False)
        # Which end is up does not matter, but must not be left to the solver.
        main = (
            main * np.sign(main[np.arange(len(main)), np.abs(main).argmax(1)])[:, None]
        )
        self.main = np.zeros((width, count))
        self.main[: len(main)] = main[:width]
        self.layers = {
            "straight": keras.layers.Dense(width),
            "into": self._hidden(seed),
            "out": keras.layers.Dense(
                width, use_bias=False, kernel_initializer="zeros"
            ),
            "back": keras.layers.Dense(count),
            "bent": self._hidden(seed + 1),
            "whole": keras.layers.Dense(
                count, use_bias=False, kernel_initializer="zeros"
            ),
        }
        given = keras.Input((count,))
        layer = self.layers
        code = layer["straight"](given) + layer["out"](layer["into"](given))
        again = layer["back"](code) + layer["whole"](layer["bent"](code))
        self.model = keras.Model(given, again)
        middle = seen.mean(axis=0)
        layer["straight"].set_weights([self.main.T, -middle @ self.main.T])
        layer["back"].set_weights([self.main, middle])

    def _hidden(self, seed: int) -> Any:
        start = keras.initializers.GlorotUniform(seed=seed)
        return keras.layers.Dense(
            self.config.hidden, activation="tanh", kernel_initializer=start
        )

    def begin_with(self, serving: Encoder, seen: Floats) -> None:
        """The encoder that serves, with the best straight way back from its codes: a way
        back that does not fit them would push the encoder away before it is learned."""
        w = serving.weights
        self.layers["straight"].set_weights([w["straight"], w["lean"]])
        self.layers["into"].set_weights([w["into"], w["hidden"]])
        self.layers["out"].set_weights([w["out"]])
        codes = serving.codes(seen)
        with_one = np.column_stack([codes, np.ones(len(codes))])
        back = np.linalg.lstsq(with_one, seen, rcond=None)[0]
        self.layers["back"].set_weights([back[:-1], back[-1]])

    def learn(self, seen: Floats, epochs: int, rate: float) -> list[float]:
        """Its steps grow shorter until it stands still, or the next training would go on
        from the middle of a stride and move customers to whom nothing happened."""
        steps = epochs * -(-len(seen) // self.config.batch)
        slower = keras.optimizers.schedules.CosineDecay(rate, steps)
        self.model.compile(
            optimizer=keras.optimizers.Adam(slower),
            loss="mse",
            run_eagerly=steps < WORTH_A_GRAPH,
        )
        # The rows are in random order already; keras' own would ask a global seed.
        done = self.model.fit(
            seen.astype(np.float32), seen.astype(np.float32), epochs=epochs,
            batch_size=self.config.batch, shuffle=False, verbose=0,
        )  # fmt: skip
        return [float(loss) for loss in done.history["loss"]]

    def encoder(self) -> Encoder:
        straight, lean = self._weights("straight")
        into, hidden = self._weights("into")
        (out,) = self._weights("out")
        return Encoder(
            dict(zip(PARTS, (straight, lean, into, hidden, out), strict=True))
        )

    def _weights(self, name: str) -> list[NDArray[np.float64]]:
        return [
            np.asarray(found, np.float64) for found in self.layers[name].get_weights()
        ]
