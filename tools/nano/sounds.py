"""Sounds to train on: spoken clips joined, augmented and turned into log-mel features in batches on the device.

A batch is composed on a time axis of 4.16 s; its mel frames are then read at another pace (slower or faster speech at the same
pitch) into the 317 frames of 3.2 s that the tower takes.
"""

import concurrent.futures, itertools, json, math

import numpy as np
import torch
import torch.nn.functional as F

import opus
from words import DIGITS, UNKNOWN, VOCABULARY, WORDS

RATE, SAMPLES, LONG = 16000, 51200, 66560
FRAMES, BANDS, FLOOR = 317, 128, math.log(1e-5)
SEGMENTS, PHONES = 5, 40
SHARE = dict(espeak=0.28, gnuspeech=0.18, flite=0.24, festival=0.1, pico=0.2)  # how often a voice of each family speaks
ID = {w: i for i, w in enumerate(VOCABULARY)}


class Bank:
    """All clips on the device, with tables of where each voice's words, sequences and other words lie."""

    def __init__(self, folder, device, split="train", limit=None):
        data = json.load(open(f"{folder}/voices.json"))
        raw = open(f"{folder}/voices.bin", "rb").read()
        voices = [v for v in data["voices"] if v["split"] == split][:limit]
        inventory = sorted({p for text in data["phones"].values() for p in text})
        assert len(inventory) < PHONES
        number = {p: i + 1 for i, p in enumerate(inventory)}
        self.phones = {text: [number[p] for p in ps] for text, ps in data["phones"].items()}
        library = opus.library()
        read = lambda v: opus.read(library, raw[v["offset"] : v["offset"] + v["bytes"]])
        with concurrent.futures.ThreadPoolExecutor() as pool:
            waves = list(pool.map(read, voices))
        starts = np.cumsum([0] + [len(w) for w in waves])
        self.wave = torch.from_numpy(np.concatenate([*waves, np.zeros(RATE, np.int16)])).to(device)
        self.device = device
        families = [v["name"].split("/")[0] for v in voices]
        self.share = list(itertools.accumulate(SHARE[f] / families.count(f) for f in families))
        self.words, self.sequences, self.others = [], [], []
        for voice, start in zip(voices, starts):
            clips = [(kind, text, start + at, length) for kind, text, at, length in voice["clips"]]
            self.words.append({text: (at, n) for kind, text, at, n in clips if kind == "word"})
            self.sequences.append([(text, at, n) for kind, text, at, n in clips if kind == "sequence"])
            self.others.append([(text, at, n) for kind, text, at, n in clips if kind == "other"])

    def item(self, r):
        """(clips [(start, samples)], words, phones) of a random item; no clips: noise, tones or silence. r: random.Random."""
        if r.random() < 0.06:
            return [], [], []
        v = r.choices(range(len(self.share)), cum_weights=self.share)[0]
        kind = r.random()
        if kind < 0.16 and self.others[v]:
            text, at, n = r.choice(self.others[v])
            if r.random() < 0.8:
                return [(at, n)], [UNKNOWN], self.spell([text])
            word = r.choice(list(self.words[v]))  # a known word beside the unknown one
            both = [(self.words[v][word], word, word), ((at, n), UNKNOWN, text)]
            if r.random() < 0.5:
                both.reverse()
            clips, words, texts = map(list, zip(*both))
            return clips, words, self.spell(texts)
        if kind < 0.38 and self.sequences[v]:
            words, at, n = r.choice(self.sequences[v])
            return [(at, n)], words, self.spell(words)
        if r.random() < 0.55:
            words = r.choices(DIGITS, k=r.choices([1, 2, 3, 4, 5], [0.34, 0.2, 0.2, 0.16, 0.1])[0])
        else:
            words = r.choices(WORDS, k=r.choices([1, 2, 3], [0.62, 0.24, 0.14])[0])
        words = [w for w in words if w in self.words[v]]
        return [self.words[v][w] for w in words], words, self.spell(words)

    def spell(self, texts):
        return [p for t in texts for p in self.phones[t]]

    def batch(self, n, r, plain=False):
        """n items: (features [n, 317, 128], words, phones or None, soft tokens up to the end of the speech)."""
        return self.compose([self.item(r) for _ in range(n)], np.random.default_rng(r.getrandbits(64)), plain)

    def compose(self, items, r, plain=False):
        """items as of `item`, joined with pauses and augmented (not if plain)."""
        n, device = len(items), self.device
        start, length = np.zeros((2, n, SEGMENTS), np.int64)
        offset = np.full((n, SEGMENTS), LONG, np.int64)
        speed = np.where(r.random(n) < 0.75, np.exp(r.uniform(-0.17, 0.26, n)), 1.0)
        stretch = np.where(r.random(n) < 0.55, np.exp(r.uniform(-0.15, 0.5, n)), 1.0)
        if plain:
            speed[:], stretch[:] = 1.0, 1.0
        gain = 10 ** r.uniform(-0.15, 0.15, (n, SEGMENTS))
        end = np.zeros(n)
        words, phones = [], []
        for i, (clips, ws, ps) in enumerate(items):
            gaps = [0] + [int(RATE * r.uniform(0.02, 0.28)) for _ in clips[1:]]
            total = sum(c[1] for c in clips) / speed[i] + sum(gaps)
            stretch[i] = min(stretch[i], max(0.77, (SAMPLES - 2400) / max(1, total)))
            room = (SAMPLES - 1600) / stretch[i] - total
            at = int(r.uniform(0, min(max(room, 1), RATE)) * r.random()) if room > 0 else 0
            for j, (clip, gap) in enumerate(zip(clips, gaps)):
                at += gap
                if j and (at + clip[1] / speed[i]) * stretch[i] > SAMPLES - 400:  # no room for the rest
                    ps = self.spell(ws[:j]) if UNKNOWN not in ws else None
                    ws = ws[:j]
                    break
                start[i, j], length[i, j], offset[i, j] = *clip, at
                at += int(clip[1] / speed[i])
            end[i] = at if clips else 0
            words.append(ws)
            phones.append(ps)
        pace = 1 / stretch
        tokens = np.minimum(20, end * stretch / 2560).astype(int) + 1
        up = lambda x, kind=torch.float32: torch.from_numpy(np.asarray(x)).to(device=device, dtype=kind, non_blocking=True)
        start, length, offset = (up(x, torch.int64) for x in (start, length, offset))
        speed, pace, gain, end_at = up(speed), up(pace), up(gain), up(end)
        t = torch.arange(LONG, device=device)[None]
        wave = torch.zeros(n, LONG, device=device)
        for j in range(max(1, max(len(c) for c, _, _ in items))):
            local = (t - offset[:, j, None]) * speed[:, None]
            low = local.floor()
            inside = (local >= 0) & (low < length[:, j, None] - 1)
            at = start[:, j, None] + low.clamp(min=0).long() * inside
            first, second = self.wave[at].float(), self.wave[at + 1].float()
            wave += torch.lerp(first, second, local - low) * inside * gain[:, j, None]
        wave = wave / wave.abs().amax(1, keepdim=True).clamp(min=1e-6)
        empty = torch.tensor([not c for c, _, _ in items], device=device)
        begin = torch.where(empty, 0, offset[:, 0]).float()
        wave = torch.where(empty[:, None], disturbance(n, device), wave)
        if plain:
            features = logmel(wave * 0.5)[:, :FRAMES]
        else:
            wave = augment(wave, begin, end_at, empty)
            features = mask(read_at(logmel(wave), pace))
        return features, words, phones, np.where([not c for c, _, _ in items], 20, tokens)


def uniform(shape, low, high, device):
    return torch.rand(shape, device=device) * (high - low) + low


def tones(n, device):
    """Tunes of harmonic tones that fade: [n, LONG]."""
    t = torch.arange(LONG, device=device)[None].float()
    step = uniform((n, 1), 0.1, 0.6, device) * RATE
    note = (t / step).long()
    semitones = torch.randint(-5, 20, (n, 64), device=device).gather(1, note.clamp(max=63))
    frequency = uniform((n, 1), 110, 600, device) * 2 ** (semitones / 12)
    phase = 2 * math.pi * torch.cumsum(frequency / RATE, 1)
    rich = (torch.rand(n, 1, device=device) < 0.6).float()
    wave = torch.sin(phase)
    for h in range(2, 6):
        wave = wave + rich * torch.sin(h * phase) / h
    return wave * torch.exp(-(t % step) / RATE * uniform((n, 1), 0, 6, device)) * 0.5


def colour_noise(n, device):
    """Noise of a random colour, standard deviation 1: [n, LONG]."""
    spectrum = torch.fft.rfft(torch.randn(n, LONG, device=device))
    f = torch.linspace(1e-3, 1, spectrum.shape[1], device=device)
    slope = uniform((n, 1), 0, 1.2, device) * (torch.rand(n, 1, device=device) < 0.7)
    bumps = torch.randn(n, 1, 9, device=device) * 1.2 * (torch.rand(n, 1, 1, device=device) < 0.4)
    shape = f ** -slope * torch.exp(F.interpolate(bumps, spectrum.shape[1], mode="linear", align_corners=True)[:, 0])
    wave = torch.fft.irfft(spectrum * shape, LONG)
    return wave / wave.std(1, keepdim=True).clamp(min=1e-9)


def disturbance(n, device):
    """What holds no speech: noise, tones, or nothing."""
    kind = torch.rand(n, 1, device=device)
    noise = colour_noise(n, device) * 10 ** uniform((n, 1), -3.5, -1, device)
    tune = tones(n, device) * 10 ** uniform((n, 1), -1.5, 0, device)
    return torch.where(kind < 0.4, noise, torch.where(kind < 0.8, tune, torch.zeros_like(noise)))


def equaliser(n, bins, decibel, device):
    """Random smooth gains [n, bins] of up to about ±decibel."""
    knots = torch.randn(n, 1, 9, device=device) * decibel[:, None, None]
    return 10 ** (F.interpolate(knots, bins, mode="linear", align_corners=True)[:, 0] / 20)


def augment(wave, begin, end, empty):
    """Room, colour, noise, babble, clipping, telephone, level, and silence cut to zero around the speech."""
    n, device = len(wave), wave.device
    chance = lambda p: torch.rand(n, 1, device=device) < p
    u = lambda low, high: uniform((n, 1), low, high, device)
    size = 1 << (LONG + 8192).bit_length()
    spectrum = torch.fft.rfft(wave, size)
    bins = spectrum.shape[1]
    hertz = torch.linspace(0, RATE / 2, bins, device=device)[None]
    k = torch.arange(8192, device=device)[None]
    room = torch.randn(n, 8192, device=device) * torch.exp(-6.9 * k / (RATE * u(0.08, 0.5))) * (k > RATE * u(0.001, 0.012))
    room = room * u(0.15, 0.9) / room.norm(dim=1, keepdim=True) * chance(0.35)
    room[:, 0] = 1
    spectrum = spectrum * torch.fft.rfft(room, size)
    spectrum = spectrum * equaliser(n, bins, torch.where(chance(0.6), u(1, 6), 0.0)[:, 0], device)
    wave = torch.fft.irfft(spectrum, size)[:, :LONG]
    t = torch.arange(LONG, device=device)[None]
    speech = ((t >= begin[:, None]) & (t < end[:, None])) | empty[:, None]
    level = ((wave**2 * speech).sum(1, keepdim=True) / speech.sum(1, keepdim=True).clamp(min=1)).sqrt() + 1e-5
    babble = wave.roll(1, 0).roll(RATE, 1) + wave.roll(2, 0)
    babble = babble / babble.std(1, keepdim=True).clamp(min=1e-5)
    kind = torch.rand(n, 1, device=device)
    snr = 10 ** (-torch.where(kind < 0.6, u(6, 40), u(12, 30)) / 20) * (kind < 0.7)
    wave = wave + torch.where(kind < 0.6, colour_noise(n, device), babble) * level * snr
    wave = torch.where(chance(0.08), (wave * u(1.5, 5)).clamp(-1, 1), wave)
    phone = chance(0.4)
    high, low = u(3300, 3950), torch.where(chance(0.6), u(100, 260), 1.0)
    band = ((high + 150 - hertz) / 300).clamp(0, 1) * ((hertz - low * 0.6) / (low * 0.4)).clamp(0, 1)
    narrow = torch.fft.irfft(torch.fft.rfft(wave, size) * band, size)[:, :LONG]
    peak = narrow.abs().amax(1, keepdim=True) + 1e-6
    law = torch.sign(narrow) * torch.log1p(255 * (narrow / peak).abs()) / math.log(256)
    law = (law * 127).round() / 127
    law = torch.sign(law) * (torch.exp(law.abs() * math.log(256)) - 1) / 255 * peak
    narrow = torch.where(chance(0.4), law, narrow)
    wave = torch.where(phone, narrow + torch.randn_like(narrow) * 10 ** u(-5, -3) * chance(0.4), wave)
    loud = wave.abs().amax(1, keepdim=True)
    wave = wave / loud.clamp(min=1e-6) * torch.where(empty[:, None] & (loud < 0.3), loud, 10 ** u(-1.7, -0.02))
    wave = wave * ~(chance(0.45) & (t > end[:, None] + RATE * u(0.05, 0.6)) & ~empty[:, None])
    return wave * ~(chance(0.3) & (t < begin[:, None] - RATE * u(0.02, 0.2)))


_filters = {}


def logmel(wave):
    """Waves [n, samples] → [n, frames, 128], the numbers of Gemma3nAudioFeatureExtractor without its padding."""
    device = wave.device
    if device not in _filters:
        import compat  # noqa: F401
        from transformers.models.gemma3n.feature_extraction_gemma3n import Gemma3nAudioFeatureExtractor

        extractor = Gemma3nAudioFeatureExtractor(feature_size=BANDS)
        as_tensor = lambda x: torch.from_numpy(np.asarray(x, np.float32)).to(device)
        _filters[device] = as_tensor(extractor.window).flatten(), as_tensor(extractor.mel_filters)
    window, bank = _filters[device]
    frames = wave.unfold(1, 513, 160)
    frames = torch.cat([frames[..., :1] * 0.03, frames[..., 1:-1] - 0.97 * frames[..., :-2]], -1) * window
    return torch.log((torch.fft.rfft(frames, n=1024).abs() @ bank).clamp(min=1e-5))


def read_at(features, pace):
    """Frames read at `pace` [n] (1: as they are): [n, 317, 128]."""
    at = torch.arange(FRAMES, device=features.device)[None] * pace[:, None]
    at = at.clamp(max=features.shape[1] - 1.001)
    low = at.floor().long()
    index = low[..., None].expand(-1, -1, BANDS)
    return torch.lerp(features.gather(1, index), features.gather(1, index + 1), (at - low)[..., None])


def mask(x):
    """In the mel domain: vocal tract length ±12%, gains, a noise floor, and masks over time and frequency."""
    n, device = len(x), x.device
    warp = torch.exp(uniform((n, 1), -0.12, 0.12, device))
    at = (torch.arange(BANDS, device=device)[None] * warp).clamp(0, BANDS - 1.001)
    low = at.floor().long()
    index = low[:, None].expand(-1, FRAMES, -1)
    x = torch.lerp(x.gather(2, index), x.gather(2, index + 1), (at - low)[:, None])
    live = x > FLOOR + 0.01
    gain = equaliser(n, BANDS, (torch.rand(n, device=device) < 0.7) * 4.3, device).log()[:, None]
    x = torch.where(live, x + gain + uniform((n, 1, 1), -1, 0.7, device), x).clamp(min=FLOOR)
    some = torch.rand(n, 1, 1, device=device) < 0.4
    noise = torch.where(some, uniform((n, 1, 1), -12, -2.5, device), -20.0)
    x = torch.logaddexp(x, noise + 0.5 * torch.randn_like(x)).clamp(min=FLOOR)
    mean = x.mean((1, 2), keepdim=True)
    for _ in range(2):
        for length, size, dim in ((12, FRAMES, 1), (16, BANDS, 2)):
            first = torch.rand(n, 1, device=device) * (size - length)
            count = torch.rand(n, 1, device=device) * length * (torch.rand(n, 1, device=device) < 0.5)
            at = torch.arange(size, device=device)[None]
            hidden = ((at >= first) & (at < first + count)).unsqueeze(3 - dim)
            x = torch.where(hidden, torch.where(torch.rand(n, 1, 1, device=device) < 0.5, FLOOR, mean), x)
    return x
