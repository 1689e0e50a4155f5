"""Golden values of the candidates of T-choose-one: SplitMix64 over whole numbers of Python.

usage: other_candidates.py      prints lines "row rows candidate..."; Python 3.13
The generator is checked first against the published outputs for the seed 1234567 (Rosetta Code, "Pseudo-random numbers/Splitmix64").
"""
MASK = (1 << 64) - 1


def splitmix64(state):
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def other_candidates(row, rows, count):
    others = []
    for number in splitmix64((rows << 32) ^ row):
        drawn = number % rows
        if drawn != row and drawn not in others:
            others.append(drawn)
        if len(others) == count:
            return others


known = splitmix64(1234567)
assert [next(known) for _ in range(3)] == [6457827717110365317, 3203168211198807973, 9817491932198370423]
for row, rows in ((0, 20), (3, 3000), (2999, 3000)):
    print(row, rows, *other_candidates(row, rows, 19))
