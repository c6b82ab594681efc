"""The decoder: text alone while the towers learn, then all tasks on the pictures and sounds that they kept."""

import os, random, time

import numpy as np
import torch

import decoder
from batches import Batches
from icons import read_classes
from optim import Clock, Optimizer, Recorded, trapezoid
from tokenizer import class_names
from training import CUDA, DEVICE, Checkpoint, Progress, log

WIDE = {384: 0.1, 480: 0.2, 576: 0.4, 768: 1.0}  # how much of what takes the whole width each width has to learn


class Steps:
    """The decoder's training steps: one recorded for each width, over the same input tensors."""

    def __init__(self, model, optimizer, example, pictures, sounds):
        self.model, self.optimizer = model, optimizer
        self.inputs = {k: torch.from_numpy(v).to(DEVICE) for k, v in example.items()}
        self.inputs = {k: v.long() if v.dtype in (torch.int16, torch.int32) else v for k, v in self.inputs.items()}
        self.pictures, self.sounds = pictures, sounds
        self.keep = torch.ones(decoder.LAYERS, device=DEVICE)
        self.steps = {w: Recorded(lambda w=w: self.body(w), DEVICE) for w in decoder.WIDTHS}

    def body(self, width):
        x, m = self.inputs, self.model
        media = (None, None, None)
        if self.pictures is not None:
            media = (self.pictures[x["pictures"]], self.sounds[x["sounds"]], x["padding"])
        places = (x["picture_at"].flatten(), x["sound_at"].flatten())
        h = decoder.forward(m, x["ids"], x["segment"], x["position"], (*places, *media), width, self.keep)
        weight = x["weight"].flatten() * torch.where(x["wide"].flatten() > 0, WIDE[width], 1.0)
        loss = (decoder.losses(h, m["embed_tokens.weight"], x["target"].flatten()) * weight).sum() / weight.sum()
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


class Run:
    """Steps taken so far and what they showed; the random widths and skipped layers."""

    def __init__(self, a, model, clock, batches, saved):
        self.a, self.model, self.clock, self.batches, self.saved = a, model, clock, batches, saved
        self.optimizer = Optimizer(*model.split()[:2], 6e-3, 2.5e-3, model.split()[2])
        self.r, self.count, self.running, self.progress = random.Random(3), 0, {}, Progress("text", clock)

    def phase(self, pictures, sounds, stop, factor, rest=0.0):
        """Steps on (kept) media until stop(), the rates times factor(); after each it rests that share of the step's time."""
        Recorded.pool, steps = None, None
        while not stop():
            batch = next(self.batches)
            begin = time.time()
            steps = steps or Steps(self.model, self.optimizer, batch, pictures, sounds)
            self.optimizer.set_rate(self.saved.rate * min(1.0, (self.count + 1) / 60) * factor())
            width = decoder.FFN if self.r.random() < 0.5 else self.r.choice(decoder.WIDTHS)
            skipped = self.r.sample(range(5, 9), self.r.choices([0, 1, 2], [0.5, 0.25, 0.25])[0])
            loss = steps(batch, width, skipped)
            self.count += 1
            name = "whole" if width == decoder.FFN else "narrow"
            self.running[name] = torch.lerp(self.running[name], loss, 0.05) if name in self.running else loss.clone()
            if self.count % 8 == 0:
                self.progress.step(self.count, lambda: self.running)
            self.saved.maybe(self.clock.share())
            if rest:
                if CUDA:
                    torch.cuda.synchronize()
                time.sleep(min(1.0, rest * (time.time() - begin)))


def train(a):
    names, answers = class_names(), {key: answer for key, answer, _ in read_classes()}
    media = f"{a.scratch}/media.npz"
    rows = a.batch or (48 if CUDA else 10)
    batches = Batches(a.data, names, answers, media, 1, rows, 8 if CUDA else 1)
    try:
        torch.manual_seed(3)
        model = decoder.Decoder().to(DEVICE)
        saved = Checkpoint(a, "decoder", model, a.minutes)
        if os.environ.get("NANO_COMPILE", "1" if CUDA else "0") == "1":
            decoder.compile_pieces()
        run = Run(a, model, saved.clock, batches, saved)
        ready = lambda: all(os.path.exists(f"{a.scratch}/{t}.done") for t in ("vision", "sound"))
        # The towers come first: text alone takes what they leave.
        run.phase(None, None, lambda: ready() or run.count >= a.steps, lambda: 1.0, 1.5 if CUDA else 0.0)
        while not ready():
            time.sleep(0.3)
        log("text", f"{saved.clock.share():.0%} the towers are ready")
        seen, spoken = torch.load(f"{a.scratch}/vision_cache.pt"), torch.load(f"{a.scratch}/sound_cache.pt")
        np.savez(media + ".part.npz", **np.load(f"{a.scratch}/vision_cache.npz"), **np.load(f"{a.scratch}/sound_cache.npz"))
        os.replace(media + ".part.npz", media)
        last = run.count + a.steps
        pictures, sounds = seen["features"].to(DEVICE), spoken["features"].to(DEVICE)
        left = max(0.25, 1 - saved.clock.share()) * a.minutes  # some time for all tasks even if the towers were late
        run.clock = Clock(left)
        run.progress.clock = run.clock
        stop = lambda: run.count >= last or run.clock.share() >= 1
        run.phase(pictures, sounds, stop, lambda: trapezoid(run.clock.share(), hold=0.3))
    finally:
        batches.close()
    saved.save(1.0)
