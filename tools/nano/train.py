"""Trains the demo model from nothing.

    python train.py all DATA OUT --minutes 6                    # on a GPU; 235 on two CPU cores
    python train.py vision|sound|text DATA OUT --minutes 6 …    # one phase (what `all` starts)

The towers and the decoder's text alone train side by side; after the first part of the time the towers stop, the soft tokens of
many augmented pictures and sounds are kept (SCRATCH/*_cache.npz, .pt), and the decoder learns all tasks on them. The Hugging Face folder is
SCRATCH/model. Schedules go by elapsed time. Every phase writes OUT/PHASE.pt now and then: called again with --resume, it goes on from there; with
--more a finished model is trained on.
"""

import argparse, importlib, os, random, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))


def start(phase, a, plain=False):
    command = [sys.executable, f"{HERE}/train.py", phase, a.data, a.out]
    for name in ("minutes", "start", "scratch", "save", "batch", "steps", "limit", "pictures", "sounds"):
        if (value := getattr(a, name)) is not None:
            command += [f"--{name}", str(value)]
    environment = dict(os.environ)
    if a.more:
        command.append("--more")
    if a.resume or plain:
        command.append("--resume")
    if plain:
        environment.update(NANO_GRAPH="0", NANO_COMPILE="0")
    return subprocess.Popen(command, env=environment)


def train_all(a):
    """The three phases side by side; one that fails is tried once more without recorded graphs and compiled pieces."""
    for name in ("vision.done", "sound.done", "media.npz"):
        if os.path.exists(f"{a.scratch}/{name}"):
            os.remove(f"{a.scratch}/{name}")
    running = {phase: start(phase, a) for phase in ("vision", "sound", "text")}
    again = set()
    while running:
        time.sleep(0.3)
        for phase, process in list(running.items()):
            if process.poll() is None:
                continue
            del running[phase]
            if process.returncode and phase not in again:
                print(f"[{phase}] failed with {process.returncode}: once more, plainly", flush=True)
                again.add(phase)
                running[phase] = start(phase, a, plain=True)
            elif process.returncode:
                print(f"[{phase}] failed twice", flush=True)
                for other in running.values():
                    other.terminate()
                sys.exit(1)
    measure = subprocess.Popen([sys.executable, f"{HERE}/measure.py", a.out, a.data, a.scratch])
    export = subprocess.call([sys.executable, f"{HERE}/export.py", a.out, a.data, f"{a.scratch}/model"])
    sys.exit(measure.wait() or export)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("phase", choices=["all", "vision", "sound", "text"])
    p.add_argument("data")
    p.add_argument("out")
    p.add_argument("--minutes", type=float, required=True)
    p.add_argument("--start", type=float, default=time.time(), help="when the minutes began (seconds since the epoch)")
    p.add_argument("--scratch", help="where the large intermediate files go (OUT)")
    p.add_argument("--resume", action="store_true", help="go on with an unfinished training")
    p.add_argument("--more", action="store_true", help="train a finished model for a second time, from its weights")
    p.add_argument("--save", type=float, default=40.0, help="seconds between checkpoints")
    p.add_argument("--batch", type=int, help="pictures, sounds or rows a step")
    p.add_argument("--steps", type=int, default=10**9, help="stop a phase after so many steps (for tests)")
    p.add_argument("--limit", type=int, help="use so many icons only (for tests)")
    p.add_argument("--pictures", type=int, help="pictures to keep for the decoder")
    p.add_argument("--sounds", type=int, help="sounds to keep for the decoder")
    a = p.parse_args()
    a.scratch = a.scratch or a.out
    os.makedirs(a.out, exist_ok=True)
    os.makedirs(a.scratch, exist_ok=True)
    if a.phase == "all":
        return train_all(a)
    import torch  # not above: the workers that make batches start from this file too

    torch.set_num_threads(4 if torch.cuda.is_available() else 1)
    random.seed(1)
    importlib.import_module(f"train_{a.phase}").train(a)


if __name__ == "__main__":
    main()
