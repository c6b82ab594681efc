"""What the three training phases share: the device, checkpoints, progress."""

import os, time

import torch

from optim import Clock

CUDA = torch.cuda.is_available()
DEVICE = torch.device("cuda" if CUDA else "cpu")
TOWERS = 0.52  # share of the time after which the towers stop


def log(phase, text):
    print(f"[{phase}] {text}", flush=True)


def autocast():
    return torch.autocast(DEVICE.type, torch.bfloat16, cache_enabled=False)


class Checkpoint:
    """Weights and elapsed time of a phase, in OUT/PHASE.pt. With --resume the phase goes on where it was; with --more it starts a
    new schedule from the weights, at half the rates and with full augmentation."""

    def __init__(self, a, phase, model, minutes):
        self.path, self.model, self.saved, self.every = f"{a.out}/{phase}.pt", model, time.time(), a.save
        self.rate, share = 1.0, 0.0
        if (a.resume or a.more) and os.path.exists(self.path):
            state = torch.load(self.path, map_location=DEVICE)
            model.load_state_dict(state["weights"])
            share, self.rate = (0.0, 0.5) if a.more else (state["share"], 1.0)
            log(phase, f"goes on from {self.path} at {share:.0%}")
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
        self.begin = time.time()

    def step(self, steps, values):
        """After so many steps; values() is only called when there is something to print."""
        if time.time() < self.next:
            return
        shown = " ".join(f"{k} {float(v):.3f}" for k, v in values().items())
        rate = steps / (time.time() - self.begin)
        log(self.phase, f"{self.clock.share():.0%} step {steps} ({rate:.1f}/s) {shown}")
        self.next = time.time() + self.seconds


def round_weights(model):
    """To what the shipped file holds."""
    for p in model.parameters():
        p.data = p.data.bfloat16().float()
