"""The optimiser (Muon for matrices, AdamW for the rest), schedules by elapsed time, and steps recorded as CUDA graphs."""

import math, os, time

import torch


class Optimizer:
    """Muon (https://kellerjordan.github.io/posts/muon/) on `matrices`, equal shapes together; AdamW on `others`. Learning rates
    live in tensors, so a recorded step obeys them."""

    def __init__(self, matrices, others, muon, adam, scales=None):
        device = matrices[0].device
        self.parameters = matrices + others
        self.matrices, self.peak = matrices, (muon, adam)
        self.momentum = [torch.zeros_like(p) for p in matrices]
        self.scales = scales or {}  # id of a parameter: factor on its Muon rate
        self.groups = {}
        for i, p in enumerate(matrices):
            rows, columns = p.flatten(1).shape
            self.groups.setdefault((min(rows, columns), max(rows, columns)), []).append(i)
        self.muon_rate = torch.zeros((), device=device)
        decay = [p for p in others if p.ndim > 1]
        plain = [p for p in others if p.ndim <= 1]
        groups = [dict(params=g, weight_decay=d) for g, d in ((decay, 0.01), (plain, 0.0)) if g]
        rate = torch.zeros((), device=device) if device.type == "cuda" else adam
        capturable = dict(capturable=True) if device.type == "cuda" else {}
        self.adam = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), **capturable)

    def set_rate(self, factor):
        self.muon_rate.fill_(self.peak[0] * factor)
        for group in self.adam.param_groups:
            if torch.is_tensor(group["lr"]):
                group["lr"].fill_(self.peak[1] * factor)
            else:
                group["lr"] = self.peak[1] * factor

    def zero_grad(self):
        for p in self.parameters:
            if p.grad is None:
                p.grad = torch.zeros_like(p)
            else:
                p.grad.zero_()

    def step(self):
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        with torch.no_grad():
            for indices in self.groups.values():
                self.muon(indices)
        self.adam.step()

    def muon(self, indices):
        updates = []
        for i in indices:
            g, m = self.matrices[i].grad, self.momentum[i]
            m.lerp_(g, 0.05)
            u = torch.lerp(g, m, 0.95).flatten(1)
            updates.append(u.t() if u.shape[0] > u.shape[1] else u)
        x = torch.stack(updates)
        x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
        # Five Newton-Schulz steps on the small Gram matrices: in full float32, since their rounding errors grow a millionfold.
        gram = x @ x.mT
        unit = torch.eye(gram.shape[1], device=x.device)
        product = None
        for _ in range(5):
            q = 3.4445 * unit - 4.775 * gram + 2.0315 * gram @ gram
            product = q if product is None else q @ product
            gram = q @ gram @ q
        for i, u in zip(indices, product @ x):
            p = self.matrices[i]
            flat = p.flatten(1)
            u = (u.t() if flat.shape[0] > flat.shape[1] else u).reshape(p.shape)
            rate = self.muon_rate * self.scales.get(id(p), 1.0)
            p.mul_(1 - rate * 0.01).sub_(u * (rate * 0.2 * max(flat.shape) ** 0.5))


class Recorded:
    """Calls `body()`; on CUDA, after three calls, replays it as a graph. If recording fails it stays with plain calls."""

    pool = None

    def __init__(self, body, device):
        self.body, self.calls, self.graph, self.result = body, 0, None, None
        self.record = device.type == "cuda" and os.environ.get("NANO_GRAPH", "1") == "1"

    def __call__(self):
        self.calls += 1
        if self.graph is None and self.record and self.calls == 4:
            torch.cuda.synchronize()
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, pool=Recorded.pool):
                self.result = self.body()
            Recorded.pool = Recorded.pool or graph.pool()
            self.graph = graph
        if self.graph is None:
            if self.record:  # warm-up on a side stream, as CUDA graphs ask for
                stream = torch.cuda.Stream()
                stream.wait_stream(torch.cuda.current_stream())
                with torch.cuda.stream(stream):
                    self.result = self.body()
                torch.cuda.current_stream().wait_stream(stream)
            else:
                self.result = self.body()
        else:
            self.graph.replay()
        return self.result


class Clock:
    """The share of the given minutes that has passed since `start` (seconds since the epoch)."""

    def __init__(self, minutes, start=None):
        self.start, self.seconds = start or time.time(), minutes * 60

    def share(self):
        return (time.time() - self.start) / self.seconds


def cosine(share, step, warmup):
    return min(1.0, (step + 1) / warmup) * (0.01 + 0.99 * (0.5 + 0.5 * math.cos(math.pi * min(1.0, share))))


def trapezoid(share, hold):
    return 1.0 if share < hold else max(0.0, (1 - share) / (1 - hold))
