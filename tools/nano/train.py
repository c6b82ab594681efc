"""Trains the demo model from nothing.

    python train.py all DATA OUT --minutes 6          # the three phases and the Hugging Face folder OUT/model
    python train.py vision|sound|text DATA OUT …      # one phase (what `all` starts)

The towers and the decoder's text alone train side by side; after the first part of the time the towers stop, the soft tokens of
many augmented pictures and sounds are kept (OUT/*_cache.npz), and the decoder learns all tasks on them. Schedules go by elapsed
time and end with it. Every phase writes OUT/PHASE.pt now and then: called again with --resume, it goes on from there.
"""

import argparse, json, os, random, subprocess, sys, time

import numpy as np
import torch
import torch.nn.functional as F

import measure
from optim import Clock, Optimizer, Recorded, cosine, trapezoid

HERE = os.path.dirname(os.path.abspath(__file__))
CUDA = torch.cuda.is_available()
DEVICE = torch.device("cuda" if CUDA else "cpu")
TOWERS = 0.52  # share of the time after which the towers stop


def log(phase, text):
    print(f"[{phase}] {text}", flush=True)


def autocast():
    return torch.autocast(DEVICE.type, torch.bfloat16, cache_enabled=False)


class Checkpoint:
    """Weights and elapsed time of a phase, in OUT/PHASE.pt."""

    def __init__(self, a, phase, model, minutes):
        self.path, self.model, self.saved, self.every = f"{a.out}/{phase}.pt", model, time.time(), a.save
        share = 0.0
        if a.resume and os.path.exists(self.path):
            state = torch.load(self.path, map_location=DEVICE)
            model.load_state_dict(state["weights"])
            share = state["share"]
            log(phase, f"goes on from {share:.0%}")
        self.clock = Clock(minutes, (time.time() if a.resume else a.start) - share * minutes * 60)

    def save(self, share):
        torch.save(dict(weights=self.model.state_dict(), share=share), self.path + ".part")
        os.replace(self.path + ".part", self.path)
        self.saved = time.time()

    def maybe(self, share):
        if time.time() > self.saved + self.every:
            self.save(share)


class Progress:
    """Prints a running mean of named values every few seconds."""

    def __init__(self, phase, clock, seconds=8):
        self.phase, self.clock, self.seconds, self.next = phase, clock, seconds, time.time()
        self.begin, self.steps = time.time(), 0

    def step(self, values):
        self.steps += 1
        if time.time() < self.next:
            return
        shown = " ".join(f"{k} {float(v):.3f}" for k, v in values().items())
        rate = self.steps / (time.time() - self.begin)
        log(self.phase, f"{self.clock.share():.0%} step {self.steps} ({rate:.1f}/s) {shown}")
        self.next = time.time() + self.seconds


# ---- pictures ----


def train_vision(a):
    from pictures import COLOURS, Sprites
    from vision import Vision

    torch.manual_seed(1)
    sprites = Sprites(a.data, DEVICE, limit=a.limit)
    model = Vision(len(sprites.names), len(COLOURS)).to(DEVICE)
    saved = Checkpoint(a, "vision", model, a.minutes * TOWERS)
    clock, batch = saved.clock, a.batch or (512 if CUDA else 64)
    matrices, others = model.split()
    optimizer = Optimizer(matrices, others, 6e-3, 2.5e-3)
    strength = torch.zeros((), device=DEVICE)
    log("vision", f"{len(sprites.pixels)} sprites, {len(sprites.names)} classes, batches of {batch}; {clock.share():.0%} gone")

    def body():
        rows = sprites.draw(batch)
        with autocast():
            classes, colours = model.judge(model.soft_tokens(sprites.picture(rows, strength)), 0.1)
        loss = F.cross_entropy(classes, rows[:, 1], label_smoothing=0.05)
        named = rows[:, 2] >= 0
        colour = F.cross_entropy(colours, rows[:, 2].clamp(min=0), reduction="none")
        optimizer.zero_grad()
        (loss + 0.1 * (colour * named).sum() / named.sum().clamp(min=1)).backward()
        optimizer.step()
        right = (classes.argmax(1) == rows[:, 1]).float()
        icon = rows[:, 3] == 0
        return loss.detach(), (right * icon).sum() / icon.sum().clamp(min=1)

    step = Recorded(body, DEVICE)
    progress, steps, next_check = Progress("vision", clock), 0, 0.25
    while (share := clock.share()) < 1 and steps < a.steps:
        optimizer.set_rate(cosine(share, steps, 30))
        strength.fill_(min(1.0, 0.1 + share / 0.36))
        loss, right = step()
        steps += 1
        if steps % 8 == 0:
            progress.step(lambda: dict(loss=loss, icons_right=right))
        if share > next_check:
            model.eval()
            log("vision", f"{share:.0%} " + json.dumps(measure.tower_pictures(model, sprites, ("emoji", "other"), ("light",))))
            model.train()
            next_check += 0.25
        saved.maybe(share)
    saved.save(1.0)
    keep_pictures(a, model, sprites)


@torch.no_grad()
def keep_pictures(a, model, sprites):
    """Soft tokens of augmented pictures, and what the tower's own head says: OUT/vision_cache.npz, .pt"""
    model.eval()
    round_weights(model)
    result = measure.tower_pictures(model, sprites, tuple(sprites.tests), ("plain", "light"))
    log("vision", json.dumps(result))
    json.dump(result, open(f"{a.out}/vision.json", "w"))
    count, batch = a.pictures or (160000 if CUDA else 60000), 1024 if CUDA else 64
    extra = torch.tensor(sprites.tests["validation"] * 3 + sprites.tests["validation unknown"], device=DEVICE)
    features = torch.empty(count, 16, 128, dtype=torch.float16, device=DEVICE)
    facts = torch.empty(count, 4, dtype=torch.int64, device=DEVICE)
    for i in range(0, count, batch):
        rows = sprites.draw(min(batch, count - i))
        if len(extra):  # sets that the tower has not learnt show what it confuses
            some = torch.rand(len(rows), device=DEVICE) < 0.08
            other = extra[torch.randint(len(extra), (len(rows),), device=DEVICE)]
            rows = torch.where(some[:, None], torch.cat([other, torch.ones_like(other[:, :1])], 1), rows)
        mode = "light" if random.random() < 0.3 else "train"
        with autocast():
            tokens = model.soft_tokens(sprites.picture(rows, 1.0 if random.random() < 0.6 else 0.4, mode))
            classes, _ = model.judge(tokens)
        features[i : i + len(rows)] = tokens.half()
        facts[i : i + len(rows)] = torch.cat([rows[:, 1:4], classes.argmax(1, keepdim=True)], 1)
    label, colour, kind, guess = facts.cpu().numpy().astype(np.int16).T
    log("vision", f"kept {count} pictures, the head is right on {(label == guess).mean():.3f}")
    tests = {}
    for name, entries in sprites.tests.items():
        rows = torch.tensor(entries, device=DEVICE)
        if len(rows):
            torch.manual_seed(5)
            with autocast():
                tokens = torch.cat([model.soft_tokens(sprites.picture(r, mode="light")) for r in rows.split(256)])
            tests[name] = (tokens.half().cpu(), rows.cpu())
    torch.save(dict(features=features.cpu(), tests=tests, names=sprites.names, answers=sprites.answers), f"{a.out}/vision_cache.pt")
    unknowns = np.nonzero(label == sprites.unknown)[0]
    np.savez(f"{a.out}/vision_cache.npz", label=label, colour=colour, kind=kind, guess=guess, unknowns=unknowns)
    open(f"{a.out}/vision.done", "w").close()


def round_weights(model):
    """To what the shipped file holds."""
    for p in model.parameters():
        p.data = p.data.bfloat16().float()


# ---- sounds ----


def train_sound(a):
    from hearing import Hearing
    from sounds import ID, Bank

    torch.manual_seed(2)
    r = random.Random(2)
    bank = Bank(a.data, DEVICE, limit=a.limit and 12)
    model = Hearing().to(DEVICE)
    saved = Checkpoint(a, "sound", model, a.minutes * TOWERS)
    clock, batch = saved.clock, a.batch or (192 if CUDA else 24)
    matrices, others = model.split()
    optimizer = Optimizer(matrices, others, 5e-3, 2.5e-3)
    log("sound", f"{len(bank.words)} voices, batches of {batch}; {clock.share():.0%} gone")
    progress, steps = Progress("sound", clock), 0
    while (share := clock.share()) < 1 and steps < a.steps:
        optimizer.set_rate(cosine(share, steps, 100))
        with torch.no_grad():
            features, words, phones, _ = bank.batch(batch, r)
        with autocast():
            word, phone = model.losses(features, [[ID[w] for w in ws] for ws in words], phones)
        optimizer.zero_grad()
        (word + 0.3 * phone).backward()
        optimizer.step()
        steps += 1
        if steps % 4 == 0:
            progress.step(lambda: dict(words=word.detach(), phones=phone.detach()))
        saved.maybe(share)
    saved.save(1.0)
    keep_sounds(a, model, bank, r)


@torch.no_grad()
def keep_sounds(a, model, bank, r):
    """Outputs of the tower for augmented sounds, and what its own head writes: OUT/sound_cache.npz, .pt"""
    from hearing import decode
    from sounds import Bank
    from words import UNKNOWN

    model.eval()
    round_weights(model)
    validation = Bank(a.data, DEVICE, "validation")
    count, batch = a.sounds or (80000 if CUDA else 30000), 256 if CUDA else 32
    features, words, heard, right = [], [], [], []

    def run(x):
        with autocast():
            tokens, _ = model(x)
            return tokens.half(), decode(model.words(model.head_norm(tokens)).float())

    tests = measure.spoken_tests(validation)
    result, kept = {}, {}
    for name, items in tests.items():
        x, said, _, _ = validation.compose(items, np.random.default_rng(3), plain=True)
        tokens, written = run(x)
        refused = lambda ws: not ws or UNKNOWN in ws
        good = [refused(w) if refused(s) else w == s for s, w in zip(said, written)]
        result[name] = round(float(np.mean(good)), 3)
        kept[name] = (tokens.cpu(), said)
    log("sound", json.dumps(result))
    json.dump(result, open(f"{a.out}/sound.json", "w"))
    for i in range(0, count, batch):
        source = validation if r.random() < 0.08 else bank  # voices that the tower has not learnt
        x, said, _, length = source.batch(min(batch, count - i), r, plain=r.random() < 0.1)
        tokens, written = run(x)
        features.append(tokens)
        words += ["|".join(w) for w in said]
        heard += list(length)
        right += [s == w for s, w in zip(said, written)]
    log("sound", f"kept {count} sounds, the head is right on {np.mean(right):.3f}")
    torch.save(dict(features=torch.cat(features).cpu(), tests=kept), f"{a.out}/sound_cache.pt")
    greetings = [i for i, w in enumerate(words) if w in ("hello", "goodbye", "thank you", "good morning")] or [0]
    np.savez(f"{a.out}/sound_cache.npz", words=np.array(words), heard=np.array(heard), right=np.array(right), greetings=greetings)
    open(f"{a.out}/sound.done", "w").close()


# ---- the decoder ----

WIDE = {384: 0.1, 480: 0.2, 576: 0.4, 768: 1.0}  # how much of what takes the whole width each width has to learn


class Steps:
    """The decoder's training steps: one recorded for each width, over the same input tensors."""

    def __init__(self, model, optimizer, example, pictures, sounds):
        import decoder

        self.model, self.optimizer, self.decoder = model, optimizer, decoder
        self.inputs = {k: torch.from_numpy(v).to(DEVICE) for k, v in example.items()}
        self.inputs = {k: v.long() if v.dtype in (torch.int16, torch.int32) else v for k, v in self.inputs.items()}
        self.pictures, self.sounds = pictures, sounds
        self.keep = torch.ones(decoder.LAYERS, device=DEVICE)
        self.steps = {w: Recorded(lambda w=w: self.body(w), DEVICE) for w in decoder.WIDTHS}

    def body(self, width):
        x, d, m = self.inputs, self.decoder, self.model
        media = (None, None, None)
        if self.pictures is not None:
            media = (self.pictures[x["pictures"]], self.sounds[x["sounds"]], x["padding"])
        places = (x["picture_at"].flatten(), x["sound_at"].flatten())
        h = d.forward(m, x["ids"], x["segment"], x["position"], (*places, *media), width, self.keep)
        weight = x["weight"].flatten() * torch.where(x["wide"].flatten() > 0, WIDE[width], 1.0)
        loss = (d.losses(h, m["embed_tokens.weight"], x["target"].flatten()) * weight).sum() / weight.sum()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def __call__(self, batch, width, skipped):
        for k, v in batch.items():
            self.inputs[k].copy_(torch.from_numpy(v), non_blocking=True)
        keep = torch.ones(len(self.keep))
        keep[skipped] = 0
        self.keep.copy_(keep, non_blocking=True)
        return self.steps[width]()


def train_text(a):
    import decoder
    from batches import Batches
    from tokenizer import class_names
    from icons import read_classes

    torch.manual_seed(3)
    r = random.Random(3)
    model = decoder.Decoder().to(DEVICE)
    saved = Checkpoint(a, "decoder", model, a.minutes)
    clock, rows = saved.clock, a.batch or (48 if CUDA else 10)
    if CUDA and os.environ.get("NANO_COMPILE", "1") == "1":
        decoder.compile_pieces()
    optimizer = Optimizer(*model.split()[:2], 6e-3, 2.5e-3, model.split()[2])
    names, answers = class_names(), {key: answer for key, answer, _ in read_classes()}
    progress, running = Progress("text", clock), {}
    count = 0

    def phase(media, pictures, sounds, stop, seed, rest):
        nonlocal count
        source = Batches(a.data, names, answers, media, seed, rows, 8 if CUDA else 1)
        steps = None
        try:
            while not stop():
                batch = next(source)
                begin = time.time()
                steps = steps or Steps(model, optimizer, batch, pictures, sounds)
                share = clock.share()
                optimizer.set_rate(trapezoid(share, count, 60, hold=0.72))
                u = r.random()
                width = decoder.FFN if u < 0.5 else r.choice(decoder.WIDTHS)
                skipped = r.sample(range(5, 9), r.choices([0, 1, 2], [0.5, 0.25, 0.25])[0])
                loss = steps(batch, width, skipped)
                count += 1
                name = "whole" if width == decoder.FFN else "narrow"
                running[name] = loss if name not in running else torch.lerp(running[name], loss, 0.05)
                if count % 8 == 0:
                    progress.step(lambda: {k: v.item() for k, v in running.items()})
                saved.maybe(share)
                if rest:  # the towers come first
                    if CUDA:
                        torch.cuda.synchronize()
                    time.sleep(min(1.0, rest * (time.time() - begin)))
        finally:
            source.close()

    ready = lambda: all(os.path.exists(f"{a.out}/{t}.done") for t in ("vision", "sound"))
    if not ready():
        phase(None, None, None, lambda: ready() or count >= a.steps or clock.share() > 0.95, 1, 0.7 if CUDA else 0.0)
    while not ready():
        time.sleep(0.5)
    log("text", f"{clock.share():.0%} the towers are ready")
    seen, spoken = torch.load(f"{a.out}/vision_cache.pt"), torch.load(f"{a.out}/sound_cache.pt")
    media = dict(np.load(f"{a.out}/vision_cache.npz"), **np.load(f"{a.out}/sound_cache.npz"))
    np.savez(f"{a.out}/media.npz", **media)
    pictures, sounds = seen["features"].to(DEVICE), spoken["features"].to(DEVICE)
    count, last = 0, a.steps
    phase(f"{a.out}/media.npz", pictures, sounds, lambda: count >= last or clock.share() >= 1, 2, 0.0)
    saved.save(1.0)
    round_weights(model)
    result = measure.decoder_all(model, a.data, seen, spoken, DEVICE)
    for width, values in result.items():
        log("text", f"{width} " + json.dumps(values))
    json.dump(result, open(f"{a.out}/text.json", "w"))


# ---- all ----


def start(phase, a, plain=False):
    command = [sys.executable, f"{HERE}/train.py", phase, a.data, a.out, "--minutes", str(a.minutes), "--start", str(a.start)]
    for name in ("batch", "steps", "limit", "pictures", "sounds", "save"):
        if (value := getattr(a, name)) is not None:
            command += [f"--{name}", str(value)]
    environment = dict(os.environ)
    if a.resume or plain:
        command.append("--resume")
    if plain:
        environment.update(NANO_GRAPH="0", NANO_COMPILE="0")
    return subprocess.Popen(command, env=environment)


def train_all(a):
    """The three phases side by side; a phase that fails is tried once more without recorded graphs and compiled pieces."""
    for tower in ("vision", "sound"):
        if os.path.exists(f"{a.out}/{tower}.done") and not a.resume:
            os.remove(f"{a.out}/{tower}.done")
    running = {phase: start(phase, a) for phase in ("vision", "sound", "text")}
    again = set()
    while running:
        time.sleep(0.3)
        for phase, process in list(running.items()):
            if process.poll() is None:
                continue
            del running[phase]
            if process.returncode and phase not in again:
                log(phase, f"failed with {process.returncode}: once more, plainly")
                again.add(phase)
                running[phase] = start(phase, a, plain=True)
            elif process.returncode:
                log(phase, "failed twice")
                for other in running.values():
                    other.terminate()
                sys.exit(1)
    sys.exit(subprocess.call([sys.executable, f"{HERE}/export.py", a.out, a.data, f"{a.out}/model"]))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("phase", choices=["all", "vision", "sound", "text"])
    p.add_argument("data")
    p.add_argument("out")
    p.add_argument("--minutes", type=float, default=6.0 if CUDA else 235.0)
    p.add_argument("--start", type=float, default=time.time(), help="when the minutes began (seconds since the epoch)")
    p.add_argument("--resume", action="store_true")
    p.add_argument("--save", type=float, default=40.0, help="seconds between checkpoints")
    p.add_argument("--batch", type=int, help="pictures, sounds or rows a step")
    p.add_argument("--steps", type=int, default=10**9, help="stop a phase after so many steps (for tests)")
    p.add_argument("--limit", type=int, help="use so many icons only (for tests)")
    p.add_argument("--pictures", type=int, help="pictures to keep for the decoder")
    p.add_argument("--sounds", type=int, help="sounds to keep for the decoder")
    a = p.parse_args()
    os.makedirs(a.out, exist_ok=True)
    if CUDA:
        torch.set_float32_matmul_precision("high")
    elif a.phase != "all":
        torch.set_num_threads(1)
    dict(all=train_all, vision=train_vision, sound=train_sound, text=train_text)[a.phase](a)


if __name__ == "__main__":
    main()
