"""The order in which Go's `sort.Slice` leaves a list, among equals too.

Karpenter sorts its nodes by their pods before each pod, and takes the first that can have it; most have as many pods
as others. `sort.Slice` does not keep the order of equals, but it always leaves the same lists in the same order. So
what Karpenter takes is known only by doing the same: pattern-defeating quicksort (Orson Peters, arXiv 2106.05123) with
the choices of Go 1.26: insertion sort up to 12 elements, the median of three, of three times three from 50 on, and a
list that looks sorted mended in up to five places.
"""

from __future__ import annotations

from collections.abc import Callable, MutableSequence
from itertools import pairwise
from typing import Generic, TypeVar

T = TypeVar("T")

_INSERTED = 12
_THREE_TIMES_THREE = 50
_MENDED = 5
_MOST_SWAPS = 12
_64_BITS = 2**64 - 1


def sort_like_go(items: MutableSequence[T], key: Callable[[T], int]) -> None:
    """Sort a list by a number of each element, equals in Go's order."""
    keys = [key(each) for each in items]
    if any(after < before for before, after in pairwise(keys)):  # a sorted list stays as it is
        _Sorting(items, keys).sort(0, len(items), len(items).bit_length())


class _Sorting(Generic[T]):
    def __init__(self, items: MutableSequence[T], keys: list[int]) -> None:
        self.items = items
        self.keys = keys

    def sort(self, start: int, end: int, bad_left: int) -> None:
        balanced = partitioned = True
        keys = self.keys
        while end - start > _INSERTED:
            length = end - start
            if not bad_left:
                self._heap(start, end)
                return
            if not balanced:
                self._shuffle(start, length)
                bad_left -= 1
            pivot, swaps = self._pivot(start, length)
            if swaps == _MOST_SWAPS:
                self._reverse(start, end)
                pivot, swaps = end - 1 - (pivot - start), 0
            if balanced and partitioned and swaps == 0 and self._mend(start, end):
                return
            if start > 0 and keys[start - 1] >= keys[pivot]:
                start = self._equals_first(start, end, pivot)
                continue
            middle, partitioned = self._partition(start, end, pivot)
            left, right = middle - start, end - middle
            balanced = min(left, right) >= length // 8
            if left < right:
                self.sort(start, middle, bad_left)
                start = middle + 1
            else:
                self.sort(middle + 1, end, bad_left)
                end = middle
        for at in range(start + 1, end):
            self._sink(at, start)

    def _swap(self, one: int, other: int) -> None:
        keys, items = self.keys, self.items
        keys[one], keys[other] = keys[other], keys[one]
        items[one], items[other] = items[other], items[one]

    def _sink(self, at: int, lowest: int) -> None:
        """An element goes down to where the one before it is not greater."""
        while at > lowest and self.keys[at] < self.keys[at - 1]:
            self._swap(at, at - 1)
            at -= 1

    def _heap(self, start: int, end: int) -> None:
        length = end - start
        for root in range((length - 1) // 2, -1, -1):
            self._sift(root, length, start)
        for last in range(length - 1, -1, -1):
            self._swap(start, start + last)
            self._sift(0, last, start)

    def _sift(self, root: int, length: int, start: int) -> None:
        keys = self.keys
        while (child := 2 * root + 1) < length:
            if child + 1 < length and keys[start + child] < keys[start + child + 1]:
                child += 1
            if keys[start + root] >= keys[start + child]:
                return
            self._swap(start + root, start + child)
            root = child

    def _shuffle(self, start: int, length: int) -> None:
        """Three elements in the middle go elsewhere, by numbers that follow from the length (xorshift of 64 bits)."""
        number, mask = length, (1 << length.bit_length()) - 1
        middle = start + length // 4 * 2
        for at in range(middle - 1, middle + 2):
            number ^= number << 13 & _64_BITS
            number ^= number >> 7
            number ^= number << 17 & _64_BITS
            other = number & mask
            self._swap(at, start + (other - length if other >= length else other))

    def _pivot(self, start: int, length: int) -> tuple[int, int]:
        """Where the median of some elements is, and how many of them were out of order."""
        quarter = length // 4
        places = [start + quarter, start + quarter * 2, start + quarter * 3]
        swaps = 0
        if length >= _THREE_TIMES_THREE:
            for number, at in enumerate(places):
                places[number], more = self._median(at - 1, at, at + 1)
                swaps += more
        found, more = self._median(*places)
        return found, swaps + more

    def _median(self, one: int, two: int, three: int) -> tuple[int, int]:
        keys, swaps = self.keys, 0
        if keys[two] < keys[one]:
            one, two, swaps = two, one, swaps + 1
        if keys[three] < keys[two]:
            two, three, swaps = three, two, swaps + 1
        if keys[two] < keys[one]:
            one, two, swaps = two, one, swaps + 1
        return two, swaps

    def _reverse(self, start: int, end: int) -> None:
        while start < (end := end - 1):
            self._swap(start, end)
            start += 1

    def _mend(self, start: int, end: int) -> bool:
        """A list that looks sorted is mended in a few places; whether it is sorted then."""
        keys, at = self.keys, start + 1
        for _ in range(_MENDED):
            while at < end and keys[at] >= keys[at - 1]:
                at += 1
            if at == end:
                return True
            if end - start < _THREE_TIMES_THREE:
                return False
            self._swap(at, at - 1)
            if at - start >= 2:
                self._sink(at - 1, 0)
            up = at + 1
            while up < end and keys[up] < keys[up - 1]:
                self._swap(up, up - 1)
                up += 1
        return False

    def _equals_first(self, start: int, end: int, pivot: int) -> int:
        """Elements that are no greater than one of them come first; where the others begin."""
        self._swap(start, pivot)
        keys, low, high = self.keys, start + 1, end - 1
        while True:
            while low <= high and keys[low] <= keys[start]:
                low += 1
            while low <= high and keys[high] > keys[start]:
                high -= 1
            if low > high:
                return low
            self._swap(low, high)
            low, high = low + 1, high - 1

    def _partition(self, start: int, end: int, pivot: int) -> tuple[int, bool]:
        """Smaller elements come first, then one, then the others: where that one is, and whether they did already."""
        self._swap(start, pivot)
        keys, low, high, moved = self.keys, start + 1, end - 1, False
        while True:
            while low <= high and keys[low] < keys[start]:
                low += 1
            while low <= high and keys[high] >= keys[start]:
                high -= 1
            if low > high:
                self._swap(high, start)
                return high, not moved
            self._swap(low, high)
            low, high, moved = low + 1, high - 1, True
