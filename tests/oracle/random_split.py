#!/usr/bin/env python3
"""Prints the golden value of the random split: MT19937-64 and the shuffle, written again in Python.

usage: random_split.py ROWS A B C SEED
The generator follows Matsumoto and Nishimura's description (and gives 9981545732273789042 as the 10,000th number of
seed 5489, as the C++ standard demands).
"""

import sys

MASK = (1 << 64) - 1


def numbers(seed):
    state = [seed]
    for i in range(1, 312):
        state.append((6364136223846793005 * (state[-1] ^ (state[-1] >> 62)) + i) & MASK)
    while True:
        for i in range(312):
            x = (state[i] & 0xFFFFFFFF80000000) | (state[(i + 1) % 312] & 0x7FFFFFFF)
            state[i] = state[(i + 156) % 312] ^ (x >> 1) ^ (0xB5026F5AA96619E9 if x & 1 else 0)
        for x in list(state):
            x ^= (x >> 29) & 0x5555555555555555
            x ^= (x << 17) & 0x71D67FFFEDA60000
            x ^= (x << 37) & 0xFFF7EEE000000000
            yield x ^ (x >> 43)


def below(draws, n):
    while True:
        number = next(draws)
        if number >= (1 << 64) % n:
            return number % n


def main(rows, a, b, c, seed):
    check = numbers(5489)
    assert [next(check) for _ in range(10000)][-1] == 9981545732273789042
    draws = numbers(seed)
    order = list(range(rows))
    for i in range(rows, 1, -1):
        j = below(draws, i)
        order[i - 1], order[j] = order[j], order[i - 1]
    sides = ["t"] * rows
    train, validation = rows * a // (a + b + c), rows * b // (a + b + c)
    for place, row in enumerate(order[: train + validation]):
        sides[row] = "T" if place < train else "v"
    print("".join(sides))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
