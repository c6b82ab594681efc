#!/usr/bin/env python3
"""Golden ids for a tokenizer.json, by the `tokenizers` library.

    python tokenizer_golden.py fuzz   --tokenizer tokenizer.json --out FILE [--count 3000] [--seed 11]
    python tokenizer_golden.py ids    --tokenizer tokenizer.json --out FILE [--count 300] [--seed 12]
    python tokenizer_golden.py flags  --out FOLDER
    python tokenizer_golden.py prompt --model FOLDER --samples FOLDER --out FILE

fuzz: random texts; `ids` with special tokens recognised, `plain` without where that differs. ids: random ids, many of them bytes;
`decoded` with special tokens, `shown` without. flags: two small tokenizers, with every flag of added tokens and with characters that are
unknown, and their texts. prompt: whole prompts as the model's own chat template (system text as Gemma 3n's template puts it) and
Gemma3nProcessor spell them, encoded in one go with special tokens recognised.
"""
import argparse, json, os, random
from tokenizers import Tokenizer

WORDS = ["hello", "Hello", " world", "  ", "\n", "\n\n", "\t", "naïve", "Straße", "Привет", "漢字", "日本語", "한국어", "مرحبا", "🙂", "👩‍👩‍👧", "e\u0301",
         "123", "3.14", "x = a->b;", "<b>", "<eos>", "<start_of_turn>", "<end_of_turn>", "<start_of_image>", "▁", "▁▁", "a" * 40, "\u0000", "\u2028",
         "What is this?", "C-A-R.", "three seven", "<0x41>", "user\n", "model\n"]


def character(rng):
    return chr(rng.choice([rng.randint(32, 126), rng.randint(0xa0, 0x24f), rng.randint(0x4e00, 0x9fff), rng.randint(0x1f300, 0x1faff)]))


def encoded(t, texts):
    for text in texts:
        t.encode_special_tokens = False
        ids = t.encode(text, add_special_tokens=False).ids
        row = {"text": text, "ids": ids, "decoded": t.decode(ids, skip_special_tokens=False)}
        t.encode_special_tokens = True
        plain = t.encode(text, add_special_tokens=False).ids
        yield row if plain == ids else row | {"plain": plain}


def fuzz(path, out, count, seed):
    rng = random.Random(seed)
    write(out, list(encoded(Tokenizer.from_file(path), [
        "".join(rng.choice(WORDS) if rng.random() < .8 else character(rng) for _ in range(rng.randint(1, 12))) for _ in range(count)])))


def ids(path, out, count, seed):
    t, rng, rows = Tokenizer.from_file(path), random.Random(seed), []
    byte = [t.token_to_id(f"<0x{b:02X}>") for b in range(256)]
    good = [[byte[b] for b in c.encode()] for c in "é漢🙂\u0000A"]
    special = [t.token_to_id("<eos>"), t.token_to_id("<end_of_turn>")]
    for _ in range(count):
        row = []
        for _ in range(rng.randint(1, 10)):
            row += rng.choice([[rng.randrange(t.get_vocab_size())], [rng.choice(byte)], rng.choice(good), rng.choice(good), rng.choice(good)[:-1], [rng.choice(special)]])
        rows.append({"ids": row, "decoded": t.decode(row, skip_special_tokens=False), "shown": t.decode(row, skip_special_tokens=True)})
    write(out, rows)


def flags(out):
    os.makedirs(out, exist_ok=True)
    base = ["<unk>", "<start_of_turn>", "<end_of_turn>", "▁", "a", "b", "c", "\n", "é", "▁a", "ab", "abc", "▁ab", "bc"]
    merges = [["▁", "a"], ["a", "b"], ["▁a", "b"], ["b", "c"], ["ab", "c"]]
    names = ["<strip left>", "<strip right>", "<word>", "<both>", "<norm ed>", "<eats bc>", "bc"]
    kinds = [dict(lstrip=True), dict(rstrip=True), dict(single_word=True), dict(lstrip=True, rstrip=True, special=True), dict(normalized=True),
             dict(normalized=True, single_word=True, lstrip=True), dict(special=True)]
    some_bytes = [f"<0x{b:02X}>" for b in "漢🙂".encode()]
    for name, pieces, fuse in [("fused", base, True), ("bytes", base + some_bytes, False)]:
        vocab = {p: i for i, p in enumerate(pieces)}
        added = [(vocab[p], p, dict(special=True)) for p in pieces[:3]] + [(vocab.get(n, len(vocab) + i), n, k) for i, (n, k) in enumerate(zip(names, kinds))]
        file = os.path.join(out, name + ".json")
        with open(file, "w", encoding="utf-8") as f:
            json.dump({"version": "1.0", "truncation": None, "padding": None,
                       "added_tokens": [dict(id=i, content=c, single_word=False, lstrip=False, rstrip=False, normalized=False, special=False) | k
                                        for i, c, k in sorted(added, key=lambda token: token[0])],
                       "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}, "pre_tokenizer": None, "post_processor": None,
                       "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}]},
                       "model": {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None, "end_of_word_suffix": None,
                                 "fuse_unk": fuse, "byte_fallback": True, "ignore_merges": False, "vocab": vocab, "merges": [" ".join(m) for m in merges]}}, f, ensure_ascii=False)
        rng, t = random.Random(13), Tokenizer.from_file(file)
        parts = names + ["a", "b", "c", "abc", " ", "  ", "\n", "\u00a0", "\u2003", "é", "e\u0301", "x", "z", "漢", "字", "🙂", "_", "1", "-", "▁", "\u200d", "<norm▁ed>", "<start_of_turn>"]
        write(os.path.join(out, name + "-fuzz.json"), list(encoded(t, ["".join(rng.choice(parts) for _ in range(rng.randint(1, 9))) for _ in range(400)])))


def prompt(folder, samples, out):
    import jinja2
    t = Tokenizer.from_file(f"{folder}/tokenizer.json")
    c = json.load(open(f"{folder}/config.json"))
    template = jinja2.Environment().from_string(open(f"{folder}/chat_template.jinja").read())
    media = {"<image>": {"type": "image"}, "<audio>": {"type": "audio"}}
    image = "\n\n<start_of_image>" + "<image_soft_token>" * c["vision_soft_tokens_per_image"] + "<end_of_image>\n\n"
    audio = "\n\n<start_of_audio>" + "<audio_soft_token>" * c["audio_soft_tokens_per_image"] + "<end_of_audio>\n\n"
    cases = [("", [[["Hello"]]]), ("", [[["<image>", "What is this?"]]]), ("", [[["What is this?", "<image>"]]]), ("", [[["  What do you hear? \n", "<audio>"]]]),
             ("Answer briefly.", [[["<image>", "<audio>", "Both?"]]]), ("", [[["<audio>"]]]), ("Be kind.\n", [[["Hi"], "Hello! How can I help you?"], [["Spell it."]]]),
             ("", [[["<image>", "What is this?"], "A red circle."], [["<image>", "And this?", "Really?"], "A star."], [["Thanks"]]]),
             ("", [[["\u00a0\x1c nbsp and separators\u2003\x85", " two", "\n\nparts\n"]]]), ("", [[["<image>", "<image>", "\n\nlines\n\nbetween\n\n", "<audio>", "<audio>"]]])]
    placeholder = lambda part: part if not part.endswith((".png", ".wav")) else "<image>" if part.endswith(".png") else "<audio>"
    for s in json.load(open(f"{samples}/expected.json")):
        parts = [placeholder(s["file"]), s["question"]]
        cases.append(("", [[parts if s["order"] == "media first" else parts[::-1]]]))
    for conversation in json.load(open(f"{samples}/conversations.json")):
        turns = [[[placeholder(part) for part in turn["user"]], turn["reference"]] for turn in conversation]
        cases.append(("", turns[:-1] + [turns[-1][:1]]))
    rows = []
    for system, turns in cases:
        messages = []
        for turn in turns:
            messages.append({"role": "user", "content": [media.get(p, {"type": "text", "text": p}) for p in turn[0]]})
            messages += [{"role": "assistant", "content": answer} for answer in turn[1:]]
        text = template.render(messages=messages, bos_token="<bos>", add_generation_prompt=True)
        user = "<start_of_turn>user\n"
        text = text.replace(user, user + (system.strip() + "\n\n" if system else ""), 1)
        text = text.replace("<audio_soft_token>", audio).replace("<image_soft_token>", image)
        rows.append({"system": system, "turns": turns, "ids": t.encode(text, add_special_tokens=False).ids})
    write(out, rows)


def write(out, rows):
    with open(out, "w", encoding="utf-8") as f:
        f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
    print("wrote", len(rows), "cases to", os.path.basename(out))


if __name__ == "__main__":
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("what", choices=["fuzz", "ids", "flags", "prompt"]); a.add_argument("--tokenizer"); a.add_argument("--model"); a.add_argument("--samples")
    a.add_argument("--out", required=True); a.add_argument("--count", type=int); a.add_argument("--seed", type=int)
    args = a.parse_args()
    if args.what == "fuzz":
        fuzz(args.tokenizer, args.out, args.count or 3000, args.seed or 11)
    elif args.what == "ids":
        ids(args.tokenizer, args.out, args.count or 300, args.seed or 12)
    elif args.what == "flags":
        flags(args.out)
    else:
        prompt(args.model, args.samples, args.out)
