#!/usr/bin/env python3
"""Damaged copies of PDFs: bytes changed, cut off, taken out and put elsewhere. The same for the same number.

    mutate.py COUNT FOLDER PDF...     writes FOLDER/00001.pdf and so on
"""
import os
import random
import sys


def flip(data, chance):
    for _ in range(chance.choice((1, 3, 20, 200))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def cut(data, chance):
    del data[chance.randrange(1, len(data)):]


def take_out(data, chance):
    begin = chance.randrange(len(data))
    del data[begin:begin + chance.randrange(1, 4000)]


def splice(data, chance):
    begin, target, n = chance.randrange(len(data)), chance.randrange(len(data)), chance.randrange(1, 4000)
    data[target:target + chance.choice((0, n))] = data[begin:begin + n]


def change_number(data, chance):
    """Another digit somewhere: lengths, counts, references and places."""
    digits = [i for i in range(len(data)) if 48 <= data[i] <= 57]
    for _ in range(chance.choice((1, 10))):
        data[chance.choice(digits)] = chance.randrange(48, 58)


def main(count, folder, paths):
    originals = []
    for path in paths:
        with open(path, "rb") as f:
            originals.append(f.read())
    for number in range(1, count + 1):
        chance = random.Random(number)
        data = bytearray(originals[number % len(originals)])
        for _ in range(chance.choice((1, 1, 2))):
            chance.choice((flip, cut, take_out, splice, change_number))(data, chance)
            if len(data) < 2:
                break
        # a mutation that undid itself would be a duplicate of another
        data += b"\n%% %d" % number
        with open(os.path.join(folder, "%05d.pdf" % number), "wb") as f:
            f.write(data)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
