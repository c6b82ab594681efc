"""Which icon of which set shows which thing, read from the `@iconify-json` packages; renders them once to small sprites.

    python icons.py NODE_MODULES OUT

writes OUT/sprites.bin (WebP pictures one after the other) and OUT/sprites.json (one row each: class or "?concept", set, offset,
length). A picture is the icon cropped to its ink on a transparent square. Needs `rsvg-convert`.
"""

import collections, concurrent.futures, hashlib, io, json, os, re, subprocess, sys

import numpy as np
from PIL import Image

SIZE = 96

# Sets by what they are for. Emoji sets copy each other's designs, so a held-out emoji set measures a new hand at a known
# design; the sets of OTHER come from elsewhere. None of the sets is share-alike. See README.md for licences.
EMOJI = "noto noto-v1 emojione fluent-emoji fluent-emoji-flat streamline-emojis".split()
COLOUR = """fluent-color icon-park material-icon-theme meteocons vscode-icons streamline-color streamline-cyber-color
    streamline-flex-color streamline-freehand-color streamline-plump-color streamline-sharp-color
    streamline-stickies-color""".split()
MONO = """bx bxs emojione-monotone fa6-solid fa7-solid fluent fluent-emoji-high-contrast game-icons guidance healthicons
    hugeicons icon-park-outline icon-park-solid icon-park-twotone iconoir ion lineicons lucide lucide-lab maki
    material-symbols mdi mingcute nrk pepicons-pop pepicons-print ph pixelarticons solar streamline streamline-flex
    streamline-freehand streamline-pixel streamline-plump streamline-ultimate tabler temaki""".split()
VALIDATION = ["fxemoji", "streamline-ultimate-color"]  # never train the tower: they show the language model what it confuses
TEST_EMOJI = ["twemoji"]
TEST_OTHER = ["flat-color-icons", "streamline-kameleon-color", "marketeq"]
SETS = EMOJI + COLOUR + MONO + VALIDATION + TEST_EMOJI + TEST_OTHER

# Names that mean something else in sets of user-interface symbols (a computer's mouse, a text note).
AMBIGUOUS = set("mouse phone football note letter night ok cup toast tennis boat mad music surprise drop-simple die chicken".split())

HERE = os.path.dirname(os.path.abspath(__file__))
STYLE = re.compile(
    r"-(flat|duo|duotone|fill|filled|bold|solid|outline|outlined|line|light|thin|regular|sharp|rounded|twotone|linear|broken"
    r"|remix|expressive|color|negative|alt|simple|one|two|three|left|right|clear|\d+|\d+px|\d+x)$"
)


def strip(name):
    """The name without the endings that only tell the drawing style or a number."""
    while True:
        short = STYLE.sub("", name)
        if short == name or not short:
            return name
        name = short


def plain(name):
    return name.replace("-", "")


def read_classes():
    """[(key, answer, {plain names})]"""
    rows = []
    for line in open(f"{HERE}/classes.txt"):
        key, answer, names = line.rstrip("\n").split("|")
        rows.append((key, answer, {plain(n) for n in names.split()} | {plain(key)}))
    return rows


def load(root, name):
    """{icon name: (body, left, top, width, height)}, aliases followed unless they turn the picture."""
    data = json.load(open(f"{root}/@iconify-json/{name}/icons.json"))
    width, height = data.get("width", 16), data.get("height", 16)
    icons = {
        n: (v["body"], v.get("left", 0), v.get("top", 0), v.get("width", width), v.get("height", height))
        for n, v in data["icons"].items()
    }
    if name in EMOJI + VALIDATION + TEST_EMOJI:
        for n, v in data.get("aliases", {}).items():
            if v["parent"] in icons and not (v.get("rotate") or v.get("hFlip") or v.get("vFlip")):
                icons.setdefault(n, icons[v["parent"]])
    return icons


def choose(root):
    """[(class key or "?concept", set, icon)] for all sets."""
    classes = read_classes()
    owner = {}
    for key, _, names in classes:
        for n in names:
            owner.setdefault(n, key)
    unknown = {}
    for line in open(f"{HERE}/unknown.txt"):
        concept, names = line.strip().split("|")
        unknown.update({plain(n): concept for n in names.split()})
    jobs, seen = [], set()
    for name in SETS:
        count = collections.Counter()
        for n, icon in sorted(load(root, name).items()):
            short = plain(n) if plain(n) in owner or plain(n) in unknown else plain(strip(n))
            key = owner.get(short) or ("?" + unknown[short] if short in unknown else None)
            if short in AMBIGUOUS and name not in EMOJI + VALIDATION[:1] + TEST_EMOJI:
                continue
            digest = hashlib.md5(icon[0].encode()).hexdigest()
            limit = 3 if name in MONO else 8
            if key is None or digest in seen or count[key] >= limit or "skin-tone" in n or len(icon[0]) > 60000:
                continue
            seen.add(digest)
            count[key] += 1
            jobs.append((key, name, n, icon))
    return jobs


def crop(image):
    """The ink, centred on a square of SIZE pixels; None for an empty picture."""
    box = image.getchannel("A").point(lambda v: 255 if v > 16 else 0).getbbox()
    if box is None or max(box[2] - box[0], box[3] - box[1]) < 20:
        return None
    image = image.crop(box)
    side = max(image.size)
    square = Image.new("RGBA", (side, side))
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square.resize((SIZE, SIZE), Image.LANCZOS)


def render(job):
    """The sprite as WebP bytes, or None."""
    _, _, _, (body, left, top, width, height) = job
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="{left} {top} {width} {height}" color="black">{body}</svg>'
    )
    done = subprocess.run(["rsvg-convert", "-w", "160", "-h", "160", "-a"], input=svg.encode(), capture_output=True)
    if done.returncode or not done.stdout:
        return None
    image = crop(Image.open(io.BytesIO(done.stdout)).convert("RGBA"))
    if image is None:
        return None
    out = io.BytesIO()
    if not np.asarray(image)[..., :3].any():  # one colour: the shape is all there is
        image.getchannel("A").save(out, "WEBP", quality=60, method=6)
    else:
        image.save(out, "WEBP", quality=80, alpha_quality=80, method=6)
    return out.getvalue()


def main(root, out):
    os.makedirs(out, exist_ok=True)
    jobs = choose(root)
    rows, offset = [], 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool, open(f"{out}/sprites.bin", "wb") as file:
        for i, (job, data) in enumerate(zip(jobs, pool.map(render, jobs))):
            if data is None:
                continue
            file.write(data)
            rows.append([job[0], job[1], job[2], offset, len(data)])
            offset += len(data)
            if i % 1000 == 0:
                print(f"{i} of {len(jobs)} icons", flush=True)
    json.dump(rows, open(f"{out}/sprites.json", "w"))
    print(f"{len(rows)} icons, {offset / 1e6:.1f} MB")


if __name__ == "__main__":
    main(*sys.argv[1:3])
