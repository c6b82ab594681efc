"""Writes the Lab's questions for the embedded model: questions.py RESOURCES, which is assets/src/main/resources/dev/matryoshka/assets.

Sums, counting and numbers are those that training kept back; capitals were trained on, and take the whole width to remember;
pictures and sounds are the samples, which training never saw. Puts questions.jsonl among them and index.txt anew.
"""

import hashlib, json, os, random, sys

from facts import CAPITAL, COLOUR
from talk import arithmetic, numbers


def words(r):
    seen, wanted = set(), {"sums": 8, "large sums": 12, "counting": 4, "numbers": 6}
    while any(wanted.values()):
        kind, question, answer, _ = (arithmetic if r.random() < 0.6 else numbers)(r, True)
        if wanted.get(kind, 0) and answer not in seen:
            seen.add(answer)
            wanted[kind] -= 1
            yield dict(kind=kind, prompt=question, answer=answer)
    for country in r.sample(sorted(CAPITAL), 16):
        right = CAPITAL[country]
        others = r.sample(sorted(set(CAPITAL.values()) - {right}), 3)
        choices = [f"The capital of {country} is {city}." for city in sorted([right, *others])]
        yield dict(
            kind="capitals", prompt=f"What is the capital of {country}?", choices=choices,
            answer=f"The capital of {country} is {right}.",
        )  # fmt: skip
    for thing in r.sample(sorted(COLOUR), 4):
        yield dict(kind="reading", text=f"The usual colour of {thing} is {COLOUR[thing]}.")


def media(samples):
    for q in json.load(open(f"{samples}/expected.json")):
        picture = q["file"].endswith(".png")
        if q["question"]:
            yield {
                "kind": "pictures" if picture else "sounds",
                "image" if picture else "audio": q["file"],
                "prompt": q["question"],
                "answer": q["expected"],
            }


def main(resources):
    with open(f"{resources}/samples/questions.jsonl", "w") as out:
        for question in [*words(random.Random(7)), *media(f"{resources}/samples")]:
            out.write(json.dumps(question) + "\n")
    with open(f"{resources}/index.txt", "w") as index:
        for part in ("model", "samples"):
            for name in sorted(os.listdir(f"{resources}/{part}")):
                data = open(f"{resources}/{part}/{name}", "rb").read()
                index.write(f"{hashlib.sha256(data).hexdigest()} {len(data)} {part}/{name}\n")


if __name__ == "__main__":
    main(sys.argv[1])
