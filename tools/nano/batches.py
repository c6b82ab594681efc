"""Packs conversations into token batches, in worker processes."""

import multiprocessing, os, random

import numpy as np
from tokenizers import Tokenizer

import talk
from decoder_shapes import PICTURE, PICTURE_CELLS, PICTURE_END, ROW, SOUND, SOUND_CELLS, SOUND_END

BOS, TURN, END, NEWLINE, IMAGE, AUDIO = 2, 5, 6, 9, 7, 8
PICTURES, SOUNDS = 3.4, 2.0  # room for media in a batch, for each row


class Encoder:
    """Texts and media to ids in Gemma's turn format."""

    def __init__(self, data):
        self.tokenizer, self.known = Tokenizer.from_file(f"{data}/tokenizer.json"), {}

    def __call__(self, text):
        if text not in self.known:
            if len(self.known) > 200000:
                self.known.clear()
            self.known[text] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return self.known[text]

    def conversation(self, system, turns, system_turn=False):
        """(ids, weights of the answers' tokens, 1 where the whole width is wanted, media in their order). An answer weighs the
        square root of its length; None as an answer ends the prompt."""
        ids, weights, wide, media = [BOS], [0.0], [0], []
        if system and system_turn:
            ids += [TURN, *self("system"), NEWLINE, *self(system), END, NEWLINE]
            system = None
        for parts, answer, hard in turns:
            ids += [TURN, *self("user"), NEWLINE]
            if system:
                ids += [*self(system), NEWLINE, NEWLINE]
                system = None
            for part in parts:
                if isinstance(part, str):
                    ids += self(part)
                else:
                    media.append(part)
                    cells = [PICTURE] * PICTURE_CELLS + [PICTURE_END], [SOUND] * SOUND_CELLS + [SOUND_END]
                    ids += [NEWLINE, NEWLINE, IMAGE if part[0] == "picture" else AUDIO]
                    ids += [*cells[part[0] == "sound"], NEWLINE, NEWLINE]
            ids += [END, NEWLINE, TURN, *self("model"), NEWLINE]
            weights += [0.0] * (len(ids) - len(weights))
            wide += [0] * (len(ids) - len(wide))
            if answer is not None:
                tokens = [*self(answer), END]
                ids += [*tokens, NEWLINE]
                weights += [len(tokens) ** -0.5] * len(tokens) + [0.0]
                wide += [int(hard)] * len(tokens) + [0]
        return ids, weights, wide, media


def pack(conversations, rows):
    """Fills `rows` rows of ROW tokens from an iterator of encoded conversations with media [("picture" | "sound", index in the
    caches, soft tokens of a sound that are heard)]. Returns arrays by name."""
    shape = (rows, ROW)
    out = {k: np.zeros(shape, np.int16) for k in ("ids", "position", "target", "wide")}
    out.update(weight=np.zeros(shape, np.float32), segment=np.full(shape, -1, np.int16))
    out.update(picture_at=np.full(shape, -1, np.int16), sound_at=np.full(shape, -1, np.int16))
    out.update(pictures=np.zeros(int(PICTURES * rows), np.int32), sounds=np.zeros(int(SOUNDS * rows), np.int32))
    out["padding"] = np.zeros((len(out["sounds"]), SOUND_CELLS), bool)
    fill, misses, used, count = [0] * rows, 0, dict(picture=0, sound=0), 0
    while misses < 24:
        ids, weights, wide, media = next(conversations)
        n = len(ids)
        row = next((i for i in range(rows) if fill[i] + n <= ROW), None)
        pictures = [m for m in media if m[0] == "picture"]
        sounds = [m for m in media if m[0] == "sound"]
        full = used["picture"] + len(pictures) > len(out["pictures"]) or used["sound"] + len(sounds) > len(out["sounds"])
        if row is None or full:
            misses += 1
            continue
        at = slice(fill[row], fill[row] + n)
        ids = np.array(ids)
        out["ids"][row, at], out["position"][row, at], out["segment"][row, at] = ids, np.arange(n), count
        out["target"][row, at.start : at.stop - 1] = ids[1:]
        out["weight"][row, at.start : at.stop - 1] = weights[1:]
        out["wide"][row, at.start : at.stop - 1] = wide[1:]
        for kind, token, cells, items in (("picture", PICTURE, PICTURE_CELLS, pictures), ("sound", SOUND, SOUND_CELLS, sounds)):
            first = used[kind] * cells
            out[f"{kind}_at"][row, at][ids == token] = np.arange(first, first + len(items) * cells)
            for item in items:
                out[f"{kind}s"][used[kind]] = item[1]
                if kind == "sound":
                    out["padding"][used[kind], item[2] :] = True
                used[kind] += 1
        fill[row] += n
        count += 1
    return out


class Source:
    """Endless conversations about cached pictures and sounds. media: arrays by name (see
    train_vision.py, train_sound.py), or None."""

    def __init__(self, data, names, answers, media, seed):
        self.encoder, self.things = Encoder(data), talk.Things(names, answers)
        self.media, self.r, self.unknown = media, random.Random(seed), names.index("unknown")

    def pools(self, pictures=1500, sounds=800):
        """Random items as talk wants them, with their places in the caches."""
        m, r = self.media, self.r
        chosen = [r.randrange(len(m["label"])) for _ in range(pictures)]
        chosen[: pictures // 10] = [int(r.choice(m["unknowns"])) for _ in range(pictures // 10)]
        seen = []
        for j in chosen:
            label, colour, kind = int(m["label"][j]), int(m["colour"][j]), int(m["kind"][j])
            if m["guess"][j] != label and r.random() < (0.85 if kind == 0 else 0.3):
                label, colour = self.unknown, -1  # what the tower confuses is mostly answered with "I am not sure"
            seen.append((label, colour, kind))
        spoken = [r.randrange(len(m["words"])) for _ in range(sounds)]
        spoken[: sounds // 16] = [int(r.choice(m["greetings"])) for _ in range(sounds // 16)]
        heard = []
        for j in spoken:
            words = m["words"][j].split("|") if m["words"][j] else []
            right = bool(m["right"][j]) or r.random() > (0.5 if len(words) == 1 else 0.15)
            heard.append((words, right))
        return chosen, seen, spoken, heard

    def __iter__(self):
        r = self.r
        while True:
            chosen, seen, spoken, heard = self.pools() if self.media else ([], [], [], [])
            for _ in range(1500):
                system, turns = talk.conversation(r, self.things, seen, heard)
                ids, weights, wide, media = self.encoder.conversation(system, turns, r.random() < 0.5)
                if len(ids) > ROW:
                    continue
                placed = []
                for kind, j in media:
                    if kind == "picture":
                        placed.append((kind, chosen[j], 0))
                        continue
                    length = SOUND_CELLS  # half of the sounds are padded soon after the speech
                    if r.random() < 0.5:
                        length = min(length, int(self.media["heard"][spoken[j]] + r.uniform(0.7, 5)))
                    placed.append((kind, spoken[j], length))
                yield ids, weights, wide, placed


def work(queue, data, names, answers, media, seed, rows):
    """Fills the queue for ever: text alone until the file `media` is there."""
    os.nice(5)
    conversations, complete = None, False
    while True:
        if conversations is None or not complete and os.path.exists(media):
            complete = os.path.exists(media)
            arrays = dict(np.load(media, allow_pickle=False)) if complete else None
            conversations = iter(Source(data, names, answers, arrays, seed + complete))
        queue.put(pack(conversations, rows))


class Batches:
    """Worker processes that pack batches; next() gives one as arrays."""

    def __init__(self, data, names, answers, media, seed, rows, workers):
        context = multiprocessing.get_context("spawn")
        self.queue = context.Queue(2 * workers)
        self.processes = []
        for i in range(workers):
            arguments = (self.queue, data, names, answers, media, 1000 * seed + 2 * i, rows)
            self.processes.append(context.Process(target=work, args=arguments, daemon=True))
            self.processes[-1].start()

    def __next__(self):
        return self.queue.get(timeout=120)

    def close(self):
        for p in self.processes:
            p.terminate()
            p.join()
