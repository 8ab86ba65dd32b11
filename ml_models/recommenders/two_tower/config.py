"""What can be set about the two-tower network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    """The defaults suit a shop of 60,000 deeds; docs/two-tower.md says what each did."""

    seed: int = 1
    # Numbers in the vector of a user and of a product.
    width: int = 128
    # Ways to look at one history: all of it, the latest, what lay in the cart.
    heads: int = 4
    # Length of the product vectors at the start, laid out by what is wanted together,
    # where a product has `dense` deeds on average; else small and random: with few deeds
    # the spectrum remembers each of them, and the network would believe it too much.
    spectral: float = 0.3
    dense: float = 20.0
    # Deeds of a history that are read, the latest ones.
    memory: int = 200
    # Users in a step, and products wanted of each that count in it.
    batch: int = 512
    targets: int = 24
    # Up to this many products the softmax runs over all of them; beyond, over the
    # batch's own and as many drawn ones as `drawn`.
    full_softmax: int = 12_000
    drawn: int = 4096
    learning_rate: float = 0.003
    epochs: int = 30
    # Rows of one epoch at most, so that its time is bounded.
    epoch_rows: int = 40_000
    # Epochs without a better validation before it stops.
    patience: int = 3
    # Share of the examples that hide any of the deeds rather than the latest.
    shuffled: float = 0.3
    # Shares left out while learning, so that it leans on nothing alone.
    drop_deeds: float = 0.2
    drop_users: float = 0.9
    drop_products: float = 0.1
    # What a wish weaker than the strongest kind counts: carts where there are buys.
    weaker: float = 0.1
    # The start of the softmax's temperature; it is learned on.
    temperature: float = 0.1
    decay: float = 1e-5
    # Products that the ranker puts in order for each user; 0: no ranker.
    candidates: int = 100
    # Rows whose lists the ranker learns from.
    ranker_rows: int = 6000
    ranker_epochs: int = 3
