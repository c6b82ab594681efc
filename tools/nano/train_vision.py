"""The picture tower: named by a head of its own, which is thrown away afterwards."""

import json, random

import numpy as np
import torch
import torch.nn.functional as F

import measure
from optim import Optimizer, Recorded, cosine
from pictures import COLOURS, Sprites
from training import CUDA, DEVICE, TOWERS, Checkpoint, Progress, autocast, log, round_weights
from vision import Vision


def train(a):
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
        with torch.no_grad():
            rows = sprites.draw(batch)
            pictures = sprites.picture(rows, strength)
        with autocast():
            classes, colours = model.judge(model.soft_tokens(pictures), 0.1)
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
        optimizer.set_rate(saved.rate * cosine(share, steps, 30))
        strength.fill_(1.0 if a.more else min(1.0, 0.1 + share / 0.36))
        loss, right = step()
        steps += 1
        if steps % 8 == 0:
            progress.step(steps, lambda: dict(loss=loss, icons_right=right))
        if share > next_check:
            model.eval()
            log("vision", f"{share:.0%} " + json.dumps(measure.tower_pictures(model, sprites, ("emoji", "other"), ("light",))))
            model.train()
            torch.manual_seed(steps)
            next_check = share + 0.25
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
    json.dump(result, open(f"{a.scratch}/vision.json", "w"))
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
        pictures = sprites.picture(rows, 1.0 if random.random() < 0.6 else 0.4, mode)
        with autocast():
            tokens = model.soft_tokens(pictures)
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
    torch.save(dict(features=features.cpu(), tests=tests, names=sprites.names, answers=sprites.answers), f"{a.scratch}/vision_cache.pt")
    unknowns = np.nonzero(label == sprites.unknown)[0]
    np.savez(f"{a.scratch}/vision_cache.npz", label=label, colour=colour, kind=kind, guess=guess, unknowns=unknowns)
    open(f"{a.scratch}/vision.done", "w").close()
