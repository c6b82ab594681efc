"""Quick measures while training: the towers' own heads, and answers of the decoder under teacher forcing (an answer counts when
each of its tokens is the most likely one, which is what greedy decoding gives).

    python measure.py OUT DATA SCRATCH      # after train.py: OUT/decoder.pt on the kept tests; SCRATCH/text.json
"""

import json, random, sys

import torch

import decoder
import talk
from batches import Encoder
from decoder_shapes import PICTURE, SOUND, SOUND_CELLS
from training import DEVICE, round_weights
from words import DIGITS, UNKNOWN, WORDS


@torch.no_grad()
def tower_pictures(model, sprites, names, modes):
    """{set: share named right, or refused for the unknown; "… refused": share of known things wrongly refused}"""
    out = {}
    for name in names:
        if not sprites.tests[name]:
            continue
        rows = torch.tensor(sprites.tests[name], device=sprites.device)
        for mode in modes:
            torch.manual_seed(4)
            with torch.autocast(rows.device.type, torch.bfloat16):
                logits = [model.judge(model.soft_tokens(sprites.picture(r, mode=mode)))[0] for r in rows.split(256)]
            guess = torch.cat(logits).argmax(1)
            out[f"{name} {mode}"] = round((guess == rows[:, 1]).float().mean().item(), 3)
            if name in ("emoji", "other"):
                out[f"{name} {mode} refused"] = round((guess == sprites.unknown).float().mean().item(), 3)
    return out


def spoken_tests(bank):
    """{set: items for `compose`} of a bank of unseen voices."""
    single = lambda words: [([v[w]], [w], []) for v in bank.words for w in words if w in v]
    noise = [([], [], [])] * 60
    sequences = [([(at, n)], words, []) for v in bank.sequences for words, at, n in v]
    others = [([(at, n)], [UNKNOWN], []) for v in bank.others for _, at, n in v]
    return {"digits": single(DIGITS), "words": single(WORDS), "sequences": sequences, "other words": others, "noise": noise}


class Asker:
    """Teacher-forced answers of the decoder, at any width and with layers skipped."""

    def __init__(self, model, data, device, chunk=128):
        self.model, self.encoder, self.device, self.chunk = model, Encoder(data), device, chunk

    def right(self, questions, pictures=None, sounds=None, width=768, skipped=()):
        """questions: [(turns with the wanted answers, media)], media [("picture" | "sound", index, soft tokens heard)] places in
        the features [K, cells, width]: for each whether the last answer is right."""
        encoded = [(*self.encoder.conversation(None, turns)[:2], media) for turns, media in questions]
        order = sorted(range(len(encoded)), key=lambda i: len(encoded[i][0]))
        results = [False] * len(encoded)
        for i in range(0, len(order), self.chunk):
            part = order[i : i + self.chunk]
            for j, ok in zip(part, self.run([encoded[j] for j in part], pictures, sounds, width, skipped)):
                results[j] = ok
        return results

    @torch.no_grad()
    def run(self, items, pictures, sounds, width, skipped):
        shape = (len(items), max(len(ids) for ids, _, _ in items))
        ids, target = torch.zeros(2, *shape, dtype=torch.int64)
        asked, places = torch.zeros(shape, dtype=torch.bool), {}
        media = [m for _, _, ms in items for m in ms]
        for i, (tokens, weights, _) in enumerate(items):
            ids[i, : len(tokens)] = torch.tensor(tokens)
            target[i, : len(tokens) - 1] = ids[i, 1 : len(tokens)]
            last = max(j for j, w in enumerate(weights) if w > 0)
            first = last
            while weights[first - 1] > 0:
                first -= 1
            asked[i, first - 1 : last] = True
        for kind, token in (("picture", PICTURE), ("sound", SOUND)):
            places[kind] = torch.full(shape, -1)
            where = ids == token
            places[kind][where] = torch.arange(int(where.sum()))
        up = lambda x: x.to(self.device)
        pick = lambda kind: torch.tensor([m[1] for m in media if m[0] == kind], dtype=torch.int64)
        seen = None if pictures is None else up(pictures[pick("picture")])
        heard = [None, None]
        if sounds is not None:
            lengths = torch.tensor([m[2] for m in media if m[0] == "sound"])
            heard = [up(sounds[pick("sound")]), up(torch.arange(SOUND_CELLS)[None] >= lengths[:, None])]
        keep = torch.ones(decoder.LAYERS, device=self.device)
        keep[list(skipped)] = 0
        at = (up(places["picture"].flatten()), up(places["sound"].flatten()))
        position = torch.arange(shape[1]).expand(shape)
        h = decoder.forward(
            self.model, up(ids), up(torch.zeros_like(ids)), up(position), (*at, seen, *heard), width, keep
        )
        guess = decoder.product(h, self.model["embed_tokens.weight"]).argmax(-1).view(shape).cpu()
        return ((guess == target) | ~asked).all(1).tolist()


def one(question, answer, media, first=True):
    parts = [(media[0],), question] if first else [question, (media[0],)]
    return [(parts, answer, False)], [media]


def decoder_all(model, data, seen, spoken, device):
    """(width, {task: share of right answers}) for five widths"""
    things = talk.Things(seen["names"], seen["answers"])
    asker = Asker(model, data, device)
    r = random.Random(6)
    texts = {}
    for _ in range(1200):
        category, question, answer, _ = talk.text(r, things, test=True)
        texts.setdefault(category, []).append(([([question], answer, False)], []))
    for _ in range(500):
        category, question, answer, _ = talk.text(r, things)
        if category in ("capitals", "times", "opposites", "days", "world", "chat", "unknown"):
            texts.setdefault(category, []).append(([([question], answer, False)], []))
    for name, width, skipped in (("whole", 768, ()), ("3/4", 576, ()), ("1/2", 384, ()), ("whole less 2", 768, (6, 7)), ("1/2 less 2", 384, (6, 7))):
        values = {}
        share = lambda ok: round(sum(ok) / max(1, len(ok)), 3)
        for test, (features, rows) in seen["tests"].items():
            names = [things.full(l, talk.COLOUR_NAMES[c] if c >= 0 else None) for _, l, c, _ in rows.tolist()]
            ask = lambda answers, first=True: asker.right(
                [one("What is this?", w, ("picture", i, 0), first) for i, w in enumerate(answers)], features, None, width, skipped
            )
            named = [talk.capital(n) + "." if n else talk.REFUSE for n in names]
            values[test] = share(ask(named))
            if test in ("emoji", "other"):
                values[f"{test} refused"] = share(ask([talk.REFUSE] * len(names)))
                values[f"{test} question first"] = share(ask(named, False))
        features, rows = seen["tests"].get("emoji", (None, None))
        if features is not None:
            names = [things.full(l) for _, l, _, _ in rows.tolist()]
            other = [r.choice([n for n in names if n != name] or ["a thing"]) for name in names]
            yes = [one(f"Is this {n}?", f"It is {n}, so yes.", ("picture", i, 0)) for i, n in enumerate(names)]
            no = [one(f"Is this {o}?", f"It is {n}, so no.", ("picture", i, 0)) for i, (n, o) in enumerate(zip(names, other))]
            values["yes"] = share(asker.right(yes, features, None, width, skipped))
            values["no"] = share(asker.right(no, features, None, width, skipped))
        for test, (features, said) in spoken["tests"].items():
            answers = [talk.UNHEARD if not w or UNKNOWN in w else " ".join(w) for w in said]
            items = [one("What do you hear?", w, ("sound", i, 20)) for i, w in enumerate(answers)]
            values[f"sound: {test}"] = share(asker.right(items, None, features, width, skipped))
            if test == "digits":
                items = [one("What number is this?", talk.FIGURES[w[0]], ("sound", i, 20)) for i, w in enumerate(said)]
                values["sound: digits by number"] = share(asker.right(items, None, features, width, skipped))
        for category, items in sorted(texts.items()):
            values[f"text: {category}"] = share(asker.right(items, None, None, width, skipped))
        yield name, values


def main(out, data, scratch):
    model = decoder.Decoder().to(DEVICE)
    model.load_state_dict(torch.load(f"{out}/decoder.pt", map_location=DEVICE)["weights"])
    round_weights(model)
    seen, spoken = torch.load(f"{scratch}/vision_cache.pt"), torch.load(f"{scratch}/sound_cache.pt")
    result = {}
    for width, values in decoder_all(model, data, seen, spoken, DEVICE):
        print(f"[measure] {width} " + json.dumps(values), flush=True)
        result[width] = values
    json.dump(result, open(f"{scratch}/text.json", "w"))


if __name__ == "__main__":
    main(*sys.argv[1:4])
