#!/usr/bin/env python3
"""Golden ids for a tokenizer.json, by the `tokenizers` library.

    python tokenizer_golden.py fuzz   --tokenizer tokenizer.json --out FILE [--count 3000] [--seed 11]
    python tokenizer_golden.py prompt --model FOLDER --out FILE

fuzz: random texts with and without special tokens recognised. prompt: whole prompts as Gemma 3n's chat template and
processor spell them, encoded in one go with special tokens recognised.
"""
import argparse, json, os, random
from tokenizers import Tokenizer

WORDS = ["hello", "Hello", " world", "  ", "\n", "\n\n", "\t", "naïve", "Straße", "Привет", "漢字", "日本語", "한국어", "مرحبا", "🙂", "👩‍👩‍👧", "e\u0301",
         "123", "3.14", "x = a->b;", "<b>", "<eos>", "<start_of_turn>", "<end_of_turn>", "<start_of_image>", "▁", "▁▁", "a" * 40, "\u0000", "\u2028",
         "What is this?", "C-A-R.", "three seven", "<0x41>", "user\n", "model\n"]


def fuzz(path, out, count, seed):
    t, rng, rows = Tokenizer.from_file(path), random.Random(seed), []
    for _ in range(count):
        text = "".join(rng.choice(WORDS) if rng.random() < .8 else chr(rng.choice([rng.randint(32, 126), rng.randint(0xa0, 0x24f), rng.randint(0x4e00, 0x9fff), rng.randint(0x1f300, 0x1faff)]))
                       for _ in range(rng.randint(1, 12)))
        ids = t.encode(text, add_special_tokens=False).ids
        rows.append({"text": text, "ids": ids, "decoded": t.decode(ids, skip_special_tokens=False)})
    write(out, rows)


def prompt(folder, out):
    t = Tokenizer.from_file(f"{folder}/tokenizer.json")
    c = json.load(open(f"{folder}/config.json"))
    image = "\n\n<start_of_image>" + "<image_soft_token>" * c["vision_soft_tokens_per_image"] + "<end_of_image>\n\n"
    audio = "\n\n<start_of_audio>" + "<audio_soft_token>" * c["audio_soft_tokens_per_image"] + "<end_of_audio>\n\n"
    spell = {"<image>": image, "<audio>": audio}
    cases = [("", [[["Hello"]]]), ("", [[["<image>", "What is this?"]]]), ("", [[["What is this?", "<image>"]]]), ("", [[["  What do you hear? \n", "<audio>"]]]),
             ("Answer briefly.", [[["<image>", "<audio>", "Both?"]]]), ("", [[["<audio>"]]]), ("Be kind.\n", [[["Hi"], "Hello! How can I help you?"], [["Spell it."]]]),
             ("", [[["<image>", "What is this?"], "A red circle."], [["<image>", "And this?", "Really?"], "A star."], [["Thanks"]]])]
    rows = []
    for system, turns in cases:
        text = "<bos>"
        for i, turn in enumerate(turns):
            words = "".join(spell.get(p, p.strip()) for p in turn[0])
            text += "<start_of_turn>user\n" + (system.strip() + "\n\n" if system and i == 0 else "") + words + "<end_of_turn>\n<start_of_turn>model\n"
            if len(turn) > 1:
                text += turn[1] + "<end_of_turn>\n"
        rows.append({"system": system, "turns": turns, "ids": t.encode(text, add_special_tokens=False).ids})
    write(out, rows)


def write(out, rows):
    with open(out, "w", encoding="utf-8") as f:
        f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
    print("wrote", len(rows), "cases to", os.path.basename(out))


if __name__ == "__main__":
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("what", choices=["fuzz", "prompt"]); a.add_argument("--tokenizer"); a.add_argument("--model"); a.add_argument("--out", required=True)
    a.add_argument("--count", type=int, default=3000); a.add_argument("--seed", type=int, default=11)
    args = a.parse_args()
    fuzz(args.tokenizer, args.out, args.count, args.seed) if args.what == "fuzz" else prompt(args.model, args.out)
