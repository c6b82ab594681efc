"""Makes the demo model's tokenizer: a BPE of 960 tokens over its conversations, in the structure of Gemma's tokenizer.json.

    python tokenizer.py MODEL_FOLDER DATA

MODEL_FOLDER is an earlier demo model whose special tokens and characters are kept; writes DATA/tokenizer.json.
"""

import collections, json, random, re, sys

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

import talk
from glyphs import CHARACTERS
from icons import read_classes
from words import WORDS

FIXED, TEXT = 266, 960  # ids below FIXED: special tokens and bytes; from TEXT on: pictures and sounds


def class_names():
    things = [key for key, _, _ in read_classes()]
    return things + [k for k in talk.SHAPES if k not in things] + [f"glyph {c}" for c in CHARACTERS] + ["unknown"]


def word_counts(r, count=40000):
    names = class_names()
    things = talk.Things(names, {key: answer for key, answer, _ in read_classes()})
    pictures = [(i, r.randrange(9) if n in talk.SHAPES else -1, 0) for i, n in enumerate(names)]
    sounds = [([w], True) for w in WORDS] + [(r.choices(WORDS[:10], k=3), True) for _ in range(40)] + [([], True)]
    counts = collections.Counter(user=5000, model=5000, system=5000)
    for _ in range(count):
        system, turns = talk.conversation(r, things, pictures, sounds)
        texts = [system or ""] + [t for parts, answer, _ in turns for t in [answer, *parts] if isinstance(t, str)]
        for t in texts:
            counts.update(re.findall(r"▁?[A-Za-z']+", t.replace(" ", "▁")))
    for key in things.answers:
        counts["▁" + things.bare(key).split(" ")[-1]] += 300
    return counts


def main(model, data):
    old = json.load(open(f"{model}/tokenizer.json"))
    vocabulary = sorted(old["model"]["vocab"].items(), key=lambda x: x[1])
    characters = [k for k, i in vocabulary if FIXED <= i < TEXT and len(k) == 1]
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.Split(Regex(r"\n"), "removed")
    trainer = trainers.BpeTrainer(vocab_size=TEXT + 200, initial_alphabet=characters, show_progress=False, min_frequency=1)
    learner.train_from_iterator(("\n".join([w] * min(n, 4000)) for w, n in word_counts(random.Random(4)).items()), trainer)
    ids = {k: i for k, i in vocabulary if i < FIXED or i >= TEXT}
    ids.update({c: FIXED + i for i, c in enumerate(characters)})
    merges, following = [], FIXED + len(characters)
    for a, b in json.loads(learner.to_str())["model"]["merges"]:
        if following < TEXT and a + b not in ids and a in ids and b in ids:
            ids[a + b] = following
            merges.append([a, b] if isinstance(old["model"]["merges"][0], list) else f"{a} {b}")
            following += 1
    assert following == TEXT, f"only {following} of {TEXT} tokens"
    old["model"].update(vocab=dict(sorted(ids.items(), key=lambda x: x[1])), merges=merges)
    json.dump(old, open(f"{data}/tokenizer.json", "w"), ensure_ascii=False, indent=1)
    check = Tokenizer.from_file(f"{data}/tokenizer.json")
    for text in ("What is in the picture?", talk.REFUSE, "27 plus 10 is 37, plus 5 is 42.", "The capital of Norway is Oslo."):
        encoded = check.encode(text, add_special_tokens=False)
        print(len(encoded.ids), encoded.tokens, repr(check.decode(encoded.ids)))


if __name__ == "__main__":
    main(*sys.argv[1:3])
