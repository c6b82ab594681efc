"""Measures a model folder with transformers on what it never saw, greedy, through the whole processor.

    python evaluate.py MODEL DATA [--width 768] [--skip 6,7] [--limit N] [--allison FOLDER] [--json FILE]

Pictures are the held-out sprites drawn at 256 pixels; sounds are 16 unseen espeak-ng voices and, where FOLDER holds Debian's
asterisk-core-sounds-en-wav (/usr/share/asterisk/sounds/en_US_f_Allison), one human voice. Texts are kept-back facts and sums.
"""

import argparse, json, os, random

import numpy as np
import torch

import compat  # noqa: F401
import measure
import sounds
import talk
from PIL import Image
from pictures import Sprites
from transformers import AutoProcessor, Gemma3nForConditionalGeneration
from words import DIGITS, UNKNOWN

GAP = int(0.12 * sounds.RATE)


class Model:
    """Greedy answers at a nested width, with layers skipped."""

    def __init__(self, folder, width, skipped):
        self.processor = AutoProcessor.from_pretrained(folder)
        self.processor.tokenizer.padding_side = "left"
        self.net = Gemma3nForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
        for i, layer in enumerate(self.net.model.language_model.layers):
            m = layer.mlp
            m.gate_proj.weight.data = m.gate_proj.weight.data[:width]
            m.up_proj.weight.data = m.up_proj.weight.data[:width]
            m.down_proj.weight.data = m.down_proj.weight.data[:, :width]
            if i in skipped:
                layer.forward = lambda h, *a, **k: h

    @torch.no_grad()
    def answers(self, conversations, images=(), waves=(), tokens=40, batch=32):
        """conversations: [[(parts, answer or None)]]; a part is a text, "<image>" or "<audio>"; images, waves: one a conversation
        where it has one."""
        out = []
        for i in range(0, len(conversations), batch):
            texts = [self.prompt(c) for c in conversations[i : i + batch]]
            media = {}
            if len(images):
                media["images"] = [[x] for x in images[i : i + batch]]
            if len(waves):
                media["audio"] = list(waves[i : i + batch])
            x = self.processor(text=texts, return_tensors="pt", padding=True, **media)
            x.pop("token_type_ids", None)
            y = self.net.generate(**x, max_new_tokens=tokens, do_sample=False)
            cut = x["input_ids"].shape[1]
            out += [t.strip() for t in self.processor.tokenizer.batch_decode(y[:, cut:], skip_special_tokens=True)]
        return out

    def prompt(self, turns):
        messages = []
        for parts, answer in turns:
            content = [dict(type={"<image>": "image", "<audio>": "audio"}.get(p, "text"), text=p) for p in parts]
            messages.append(dict(role="user", content=content))
            if answer is not None:
                messages.append(dict(role="assistant", content=[dict(type="text", text=answer)]))
        text = self.processor.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        return text.replace("<bos>", "", 1)


def share(values):
    return round(float(np.mean(list(values))), 3) if len(values) else None


def images_of(sprites, entries):
    """Held-out sprites as pictures of 256 pixels."""
    import pictures

    pictures.RESOLUTION, small = 256, pictures.RESOLUTION
    torch.manual_seed(2026)
    x = sprites.picture(torch.tensor(entries), mode="light")
    pictures.RESOLUTION = small
    return [Image.fromarray(a) for a in (x * 255).round().byte().numpy()]


def see(model, sprites, limit):
    things, r, out = talk.Things(sprites.names, sprites.answers), random.Random(4), {}
    for test in ("emoji", "other", "shape", "typed", "hand", "unknown new", "unknown seen", "scribble"):
        entries = sprites.tests[test]
        entries = r.sample(entries, min(limit, len(entries)))
        images = images_of(sprites, entries)
        names = [things.full(l, talk.COLOUR_NAMES[c] if c >= 0 else None) for _, l, c, _ in entries]
        want = [talk.capital(n) + "." if n else talk.REFUSE for n in names]
        for order, parts in (("", ["<image>", "What is this?"]), (", question first", ["What is this?", "<image>"])):
            got = model.answers([[(parts, None)]] * len(images), images)
            right, refused = [g == w for g, w in zip(got, want)], [g == talk.REFUSE for g in got]
            out[test + order] = dict(right=share(right), refused=share(refused), n=len(got))
            answered = [a for a, b in zip(right, refused) if not b]
            if test in ("emoji", "other"):
                out[test + order]["right of those answered"] = share(answered)
        if test == "emoji":
            asked = [n if i % 2 else r.choice([m for m in names if m != n]) for i, n in enumerate(names)]
            got = model.answers([[(["<image>", f"Is this {a}?"], None)] for a in asked], images)
            for side, odd in (("yes", 1), ("no", 0)):
                out[f"Is this …? {side}"] = share([g.endswith(f"so {side}.") for i, g in enumerate(got) if i % 2 == odd])
        if test in ("emoji", "shape"):
            out.update(second_turns(model, things, test, entries, names, images))
    return out


def second_turns(model, things, test, entries, names, images):
    """Questions about what was named in the first turn, as it should have been."""
    out = {}
    for of in ("eat", "is an animal", "spell") if test == "emoji" else ("hue",):
        items = []
        for (_, label, colour, _), name, image in zip(entries, names, images):
            key = things.names[label]
            found = fact_of(things, key, of, colour)
            if found:
                items.append(([(["<image>", "What is this?"], talk.capital(name) + "."), ([found[0]], None)], image, found[1]))
        got = model.answers([c for c, _, _ in items], [i for _, i, _ in items])
        out[f"second turn: {items[0][0][1][0][0]}"] = share([g == w for g, (_, _, w) in zip(got, items)])
    return out


def fact_of(things, key, of, colour):
    if of == "hue":
        return "What colour is it?", f"It is {talk.COLOUR_NAMES[colour]}."
    return talk.fact(things, key, of, "it")


def place(clips):
    """Clips one after the other in 3.2 s: 0.1 s before, 0.12 s between, silence after."""
    wave, at = np.zeros(sounds.SAMPLES, np.float32), int(0.1 * sounds.RATE)
    for clip in clips:
        part = clip[: sounds.SAMPLES - at]
        wave[at : at + len(part)] = part / (np.abs(clip).max() + 1e-6) * 0.5
        at += len(clip) + GAP
        if at >= sounds.SAMPLES:
            break
    return wave


def human(folder):
    """{set: [(wave, words)]} of the recorded prompts of one human; 8 kHz."""
    import soundfile

    from voices import resample, trim

    def read(name):
        x, rate = soundfile.read(f"{folder}/{name}.wav", dtype="float32")
        return trim(resample(x, rate), -38)

    digits, r = [read(f"digits/{i}") for i in range(10)], random.Random(5)
    out = {"human, one digit": [(place([d]), [DIGITS[i]]) for i, d in enumerate(digits)]}
    for n in (2, 3):
        chosen = [r.choices(range(10), k=n) for _ in range(60)]
        out[f"human, {n} digits"] = [(place([digits[i] for i in c]), [DIGITS[i] for i in c]) for c in chosen]
    names = {f"digits/{w}": w for w in "hundred thousand star minus today tomorrow".split()}
    names |= {f"digits/{n}": w for n, w in ((10, "ten"), (11, "eleven"), (12, "twelve"), (20, "twenty"))}
    names |= {"hello": "hello", "goodbye": "goodbye", "vm-no": "no", "sorry": "sorry", "auth-thankyou": "thank you"}
    names |= {"letters/plus": "plus", "vm-next": "next", "vm-last": "last"}
    known = [(read(n), w) for n, w in names.items() if os.path.exists(f"{folder}/{n}.wav")]
    out["human, words"] = [(place([x]), [w]) for x, w in known if len(x) < 1.6 * sounds.RATE]
    others = [f[:-4] for f in sorted(os.listdir(f"{folder}/phonetic")) if f.endswith(".wav")]
    out["human, other words"] = [(place([read(f"phonetic/{f}")]), [UNKNOWN]) for f in others]
    return out


def hear(model, data, limit, allison):
    bank, r, out = sounds.Bank(data, "cpu", "validation"), random.Random(4), {}
    clip = lambda at, n: bank.wave[at : at + n].float().numpy() / 32768
    tests = {}
    for name, items in measure.spoken_tests(bank).items():
        if name != "noise":
            tests[f"espeak, {name}"] = [(place([clip(*c) for c in clips]), words) for clips, words, _ in items]
    torch.manual_seed(7)
    tests["noise"] = [(w[: sounds.SAMPLES].numpy(), []) for w in sounds.disturbance(60, "cpu")]
    if allison:
        tests.update(human(allison))
    for name, items in tests.items():
        items = r.sample(items, min(limit, len(items)))
        waves = [w for w, _ in items]
        want = [talk.UNHEARD if not s or UNKNOWN in s else " ".join(s) for _, s in items]
        for order, parts in (("", ["<audio>", "What do you hear?"]), (", question first", ["What do you hear?", "<audio>"])):
            got = model.answers([[(parts, None)]] * len(waves), waves=waves)
            out[name + order] = share([g == w for g, w in zip(got, want)])
        if all(s and all(w in DIGITS for w in s) for _, s in items):
            got = model.answers([[(["<audio>", "What number is this?"], None)]] * len(waves), waves=waves)
            out[f"{name}, as a number"] = share([g == "".join(talk.FIGURES[w] for w in s) for g, (_, s) in zip(got, items)])
    return out


def write(model, names, answers, limit):
    things, r, sets = talk.Things(names, answers), random.Random(21), {}
    while min((len(v) for v in sets.values()), default=0) < limit or len(sets) < 6:
        category, question, answer, _ = talk.text(r, things, test=True)
        sets.setdefault(category, [])
        if len(sets[category]) < limit:
            sets[category].append((question, answer))
    for category in ("capitals", "times", "opposites", "days", "world", "chat", "unknown"):
        sets[category] = []
    while any(len(v) < limit for v in sets.values()):
        category, question, answer, _ = talk.text(r, things)
        if len(sets.get(category, range(limit))) < limit:
            sets[category].append((talk.rough(r, question), answer))
    out = {}
    for category, items in sets.items():
        got = model.answers([[([q], None)] for q, _ in items], tokens=60)
        out[category] = share([g == a for g, (_, a) in zip(got, items)])
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("model")
    p.add_argument("data")
    p.add_argument("--width", type=int, default=768)
    p.add_argument("--skip", default="", help="layers, as in 6,7")
    p.add_argument("--limit", type=int, default=400, help="items a test")
    p.add_argument("--allison")
    p.add_argument("--json")
    a = p.parse_args()
    torch.set_num_threads(2)
    model = Model(a.model, a.width, [int(i) for i in a.skip.split(",") if i])
    sprites = Sprites(a.data, "cpu")
    result = {}
    for name, run in (
        ("text", lambda: write(model, sprites.names, sprites.answers, min(80, a.limit))),
        ("pictures", lambda: see(model, sprites, a.limit)),
        ("sounds", lambda: hear(model, a.data, min(120, a.limit), a.allison)),
    ):
        result[name] = run()
        print(name, json.dumps(result[name], indent=1), flush=True)
    if a.json:
        json.dump(result, open(a.json, "w"), indent=1)


if __name__ == "__main__":
    main()
