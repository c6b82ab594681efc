"""Speaks the vocabulary with many synthesised voices.

    python voices.py NODE_MODULES OUT

writes OUT/voices.bin (one Ogg Opus file a voice) and OUT/voices.json ({"phones": {text: phones}, "voices": [{"name", "split",
"offset", "bytes", "clips": [[kind, text, first sample, samples]]}]}; kind: "word", "sequence" (words spoken in one go, their list)
or "other" (out of the vocabulary)). All at 16 kHz. Needs espeak-ng, flite, festival with festvox-kallpc16k, festvox-kdlpc16k and
festvox-us-slt-hts, pico2wave, node and `@echogarden/gnuspeech-wasm`. Sources and licences: README.md.
"""

import ctypes, io, json, os, random, re, subprocess, sys, tempfile, unicodedata

import numpy as np
import soundfile

from words import DIGITS, OTHERS, WORDS

RATE, LONGEST = 16000, 2.9
HERE = os.path.dirname(os.path.abspath(__file__))
HELD_OUT = "f2 m3 Andy steph klatt3 john belinda Michael".split()  # espeak-ng variants for validation
ODD = "whisper whisperf Demonic croak Storm fast UniRobot anikaRobot".split()


def plan(r, sequences=10, others=14):
    """[(kind, text or list of words, what to say)] for one voice."""
    items = [("word", w, w) for w in WORDS]
    for _ in range(sequences):
        words = r.choices(DIGITS, k=r.randint(2, 5)) if r.random() < 0.7 else r.choices(WORDS, k=r.randint(2, 4))
        items.append(("sequence", words, " ".join(words)))
    items += [("other", w, w) for w in r.sample(OTHERS, others)]
    for _ in range(4):
        text = " ".join(r.sample(OTHERS, r.randint(2, 3)))
        items.append(("other", text, text))
    return items


def resample(x, rate):
    """To 16 kHz by the Fourier transform."""
    if rate == RATE:
        return x
    n = round(len(x) * RATE / rate)
    spectrum = np.fft.rfft(x)
    out = np.zeros(n // 2 + 1, complex)
    keep = min(len(out), len(spectrum))
    out[:keep] = spectrum[:keep]
    return (np.fft.irfft(out, n) * (n / len(x))).astype(np.float32)


def trim(x, decibel=-42.0, margin=0.012):
    """Cuts silence at both ends, relative to the loudest 10 ms."""
    hop = RATE // 100
    n = len(x) // hop
    if n < 3:
        return x
    energy = np.sqrt((x[: n * hop].reshape(n, hop) ** 2).mean(1) + 1e-12)
    loud = np.nonzero(energy > energy.max() * 10 ** (decibel / 20))[0]
    extra = int(margin * RATE)
    return x[max(0, loud[0] * hop - extra) : min(len(x), (loud[-1] + 1) * hop + extra)]


def clip(x, rate):
    x = trim(resample(np.asarray(x, np.float32), rate))
    return x / (np.abs(x).max() + 1e-6) * 0.7


class Espeak:
    """libespeak-ng through ctypes: no process a word."""

    def __init__(self):
        self.lib, self.chunks = ctypes.CDLL("libespeak-ng.so.1"), []
        shape = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self.callback = shape(self.receive)
        self.rate = self.lib.espeak_Initialize(2, 0, None, 0)
        self.lib.espeak_SetSynthCallback(self.callback)

    def receive(self, wave, count, events):
        if wave and count > 0:
            self.chunks.append(np.ctypeslib.as_array(wave, (count,)).copy())
        return 0

    def voice(self, name, speed, pitch, span):
        if self.lib.espeak_SetVoiceByName(name.encode()):
            return False
        for parameter, value in ((1, speed), (3, pitch), (4, span)):
            self.lib.espeak_SetParameter(parameter, value, 0)
        return True

    def say(self, text):
        self.chunks.clear()
        data = text.encode()
        self.lib.espeak_Synth(data, len(data) + 1, 0, 1, 0, 1, None, None)
        return np.concatenate(self.chunks).astype(np.float32) / 32768


def espeak(r, count):
    engine = Espeak()
    accents = "en en-us en-gb-scotland en-gb-x-rp en-gb-x-gbclan en-gb-x-gbcwmd en-029 en-us-nyc".split()
    folder = "/usr/lib/x86_64-linux-gnu/espeak-ng-data/voices/!v"
    variants = [v for v in sorted(os.listdir(folder)) if v not in ODD + HELD_OUT and "robosoft" not in v]
    training = [(a, v, "train") for a in accents for v in variants]
    r.shuffle(training)
    held_out = [(r.choice(accents[:4]), v, "validation") for v in HELD_OUT for _ in range(2)]
    for accent, variant, split in training[:count] + held_out:
        if engine.voice(f"{accent}+{variant}", r.randint(110, 200), r.randint(25, 75), r.randint(30, 80)):
            yield f"espeak/{accent}+{variant}", split, [(k, t, clip(engine.say(s), engine.rate)) for k, t, s in plan(r)]


def read(path):
    x, rate = soundfile.read(path, dtype="float32")
    return clip(x if x.ndim == 1 else x.mean(1), rate)


def flite(r, folder):
    for voice, pitch in (("kal", 105), ("kal16", 105), ("awb", 130), ("rms", 95), ("slt", 175)):
        for stretch in (0.9, 1.1, 1.3, 1.5):
            height = pitch * r.uniform(0.88, 1.3)
            clips = []
            for kind, text, say in plan(r, 12, 20):
                command = ["flite", "-voice", voice, "--setf", f"duration_stretch={stretch * r.uniform(0.95, 1.05):.2f}"]
                command += ["--setf", f"int_f0_target_mean={height:.0f}", "-t", say, "-o", f"{folder}/a.wav"]
                subprocess.run(command, check=True)
                clips.append((kind, text, read(f"{folder}/a.wav")))
            yield f"flite/{voice}", "train", clips


def festival(r, folder):
    for voice in ("kal_diphone", "ked_diphone", "cmu_us_slt_arctic_hts"):
        for stretch in (0.9, 1.15, 1.4):
            items = plan(r, 12, 20)
            script = [f"(voice_{voice})(Parameter.set 'Duration_Stretch {stretch})"]
            for i, (_, _, say) in enumerate(items):
                script.append(f'(utt.save.wave (utt.synth (Utterance Text "{say}")) "{folder}/{i}.wav")')
            open(f"{folder}/a.scm", "w").write("\n".join(script))
            if subprocess.run(["festival", "-b", f"{folder}/a.scm"]).returncode == 0:
                yield f"festival/{voice}", "train", [(k, t, read(f"{folder}/{i}.wav")) for i, (k, t, _) in enumerate(items)]


def pico(r, folder):
    for language in ("en-US", "en-GB"):
        for speed, pitch in ((75, 100), (90, 110), (100, 90), (120, 100), (85, 125), (100, 75), (70, 85), (80, 140)):
            clips = []
            for kind, text, say in plan(r, 12, 20):
                marked = f'<speed level="{speed}"><pitch level="{pitch}">{say}.</pitch></speed>'
                subprocess.run(["pico2wave", "-l", language, "-w", f"{folder}/p.wav", marked], check=True)
                clips.append((kind, text, read(f"{folder}/p.wav")))
            yield f"pico/{language}", "train", clips


def gnuspeech(r, folder, modules, speakers):
    """A tube model of the vocal tract: speakers with random lengths, radii, pitches and tempi."""
    items = [plan(r, 8, 12) for _ in range(speakers)]
    json.dump([[say for _, _, say in p] for p in items], open(f"{folder}/say.json", "w"))
    subprocess.run(["node", f"{HERE}/gnuspeech.mjs", modules, f"{folder}/say.json", f"{HERE}/gnuspeech.dict", f"{folder}/gnu"], check=True)
    for i, p in enumerate(items):
        clips = []
        for j, (kind, text, _) in enumerate(p):
            x = np.fromfile(f"{folder}/gnu.{i}.{j}.raw", "<i2").astype(np.float32) / 32768
            if len(x) > 2000 and np.abs(x).max() > 0.01:
                clips.append((kind, text, clip(x, 44100)))
        yield f"gnuspeech/{i}", "train", clips


FOLD = {
    **dict(zip("ɡɐɾɚɜɝɫɨᵻɑɒæɹʊ", "gʌtəəəlɪɪaɔaru")),
    **dict.fromkeys("ʲˈˌːʔ'?-12;^()\"`*", ""),
}


def phones(text):
    """espeak-ng's American phones, folded to a small inventory."""
    done = subprocess.run(["espeak-ng", "-v", "en-us", "-q", "--ipa", "--sep=_", text], capture_output=True, text=True, check=True)
    ipa = re.sub(r"\([a-z-]+\)", "", done.stdout)
    ipa = "".join(c for c in unicodedata.normalize("NFD", ipa) if not unicodedata.combining(c))
    return [c for c in "".join(FOLD.get(c, c) for c in ipa) if c.isalpha()]


def opus(x):
    """About 16 kbit/s."""
    out = io.BytesIO()
    soundfile.write(out, x, RATE, format="OGG", subtype="OPUS", compression_level=0.96)
    return out.getvalue()


def main(modules, out, espeak_voices=64, speakers=36):
    os.makedirs(out, exist_ok=True)
    rows, offset, texts = [], 0, set()
    with tempfile.TemporaryDirectory() as folder, open(f"{out}/voices.bin", "wb") as file:
        sources = [
            espeak(random.Random(1), espeak_voices),
            gnuspeech(random.Random(5), folder, modules, speakers),
            pico(random.Random(4), folder),
            festival(random.Random(3), folder),
            flite(random.Random(2), folder),
        ]
        for source in sources:
            for name, split, clips in source:
                clips = [c for c in clips if len(c[2]) < LONGEST * RATE]
                starts = np.cumsum([0] + [len(x) for _, _, x in clips])
                data = opus(np.concatenate([x for _, _, x in clips]))
                file.write(data)
                table = [[k, t, int(a), len(x)] for (k, t, x), a in zip(clips, starts)]
                rows.append(dict(name=name, split=split, offset=offset, bytes=len(data), clips=table))
                offset += len(data)
                texts |= {t for k, t, _ in clips if k != "sequence"}
                print(f"{name} {split}: {len(clips)} clips, {starts[-1] / RATE:.0f} s, {len(data) / 1e3:.0f} kB", flush=True)
    json.dump(dict(phones={t: phones(t) for t in sorted(texts)}, voices=rows), open(f"{out}/voices.json", "w"))
    print(f"{len(rows)} voices, {offset / 1e6:.1f} MB")


if __name__ == "__main__":
    main(*sys.argv[1:3], *map(int, sys.argv[3:]))
