"""A classifier by nearest neighbours."""

from __future__ import annotations

import heapq
import json
import math
import zlib


class Classifier:
    """Remembers pictures with their labels; a new one gets the label that most of its nearest have."""

    def __init__(self, neighbours: int = 3):
        self.neighbours = neighbours
        self.known: list = []

    def add(self, features: tuple, label: str) -> None:
        self.known.append((features, label))

    def predict(self, features: tuple):
        """The label, and the share of the neighbours' weight that speaks for it."""
        distance = math.dist
        nearest = heapq.nsmallest(
            self.neighbours, ((distance(features, known), label) for known, label in self.known)
        )
        weights: dict = {}
        for far, label in nearest:
            weights[label] = weights.get(label, 0.0) + 1 / (far + 1e-6)
        best = max(sorted(weights), key=weights.__getitem__)
        return best, weights[best] / sum(weights.values())

    def packed(self) -> bytes:
        """The model's file: the same pictures give the same bytes."""
        rows = [[label, list(features)] for features, label in sorted(self.known)]
        text = json.dumps({"format": "nearest-neighbours-1", "neighbours": self.neighbours, "known": rows})
        return zlib.compress(text.encode(), 9)

    @classmethod
    def unpacked(cls, data: bytes) -> "Classifier":
        """Reads a model's file."""
        document = json.loads(zlib.decompress(data))
        made = cls(document["neighbours"])
        for label, features in document["known"]:
            made.add(tuple(features), label)
        return made
