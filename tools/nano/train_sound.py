"""The sound tower: words by CTC on its soft tokens, phones by CTC on its frames; both heads are thrown away afterwards."""

import json, random

import numpy as np
import torch

import measure
from hearing import Hearing, decode
from optim import Optimizer, cosine
from sounds import ID, Bank
from training import CUDA, DEVICE, TOWERS, Checkpoint, Progress, autocast, log, round_weights
from words import UNKNOWN


def train(a):
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
        optimizer.set_rate(saved.rate * cosine(share, steps, 100))
        with torch.no_grad():
            features, words, phones, _ = bank.batch(batch, r)
        with autocast():
            word, phone = model.losses(features, [[ID[w] for w in ws] for ws in words], phones)
        optimizer.zero_grad()
        (word + 0.3 * phone).backward()
        optimizer.step()
        steps += 1
        if steps % 4 == 0:
            progress.step(steps, lambda: dict(words=word.detach(), phones=phone.detach()))
        saved.maybe(share)
    saved.save(1.0)
    keep_sounds(a, model, bank, r)


@torch.no_grad()
def keep_sounds(a, model, bank, r):
    """Outputs of the tower for augmented sounds, and what its own head writes: OUT/sound_cache.npz, .pt"""
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
        tokens, said, written = [], [], []
        for i in range(0, len(items), 64):
            x, words_of, _, _ = validation.compose(items[i : i + 64], np.random.default_rng(3), plain=True)
            soft, text = run(x)
            tokens.append(soft)
            said += words_of
            written += text
        tokens = torch.cat(tokens)
        refused = lambda ws: not ws or UNKNOWN in ws
        good = [refused(w) if refused(s) else w == s for s, w in zip(said, written)]
        result[name] = round(float(np.mean(good)), 3)
        kept[name] = (tokens.cpu(), said)
    log("sound", json.dumps(result))
    json.dump(result, open(f"{a.scratch}/sound.json", "w"))
    for i in range(0, count, batch):
        source = validation if r.random() < 0.08 else bank  # voices that the tower has not learnt
        x, said, _, length = source.batch(min(batch, count - i), r, plain=r.random() < 0.1)
        tokens, written = run(x)
        features.append(tokens)
        words += ["|".join(w) for w in said]
        heard += list(length)
        right += [s == w for s, w in zip(said, written)]
    log("sound", f"kept {count} sounds, the head is right on {np.mean(right):.3f}")
    torch.save(dict(features=torch.cat(features).cpu(), tests=kept), f"{a.scratch}/sound_cache.pt")
    greetings = [i for i, w in enumerate(words) if w in ("hello", "goodbye", "thank you", "good morning")] or [0]
    np.savez(f"{a.scratch}/sound_cache.npz", words=np.array(words), heard=np.array(heard), right=np.array(right), greetings=greetings)
    open(f"{a.scratch}/sound.done", "w").close()
