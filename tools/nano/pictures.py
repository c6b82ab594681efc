"""Pictures to train on: sprites of icons, shapes, characters and scribbles, drawn and augmented in batches on the device.

A sprite is [5, 96, 96] uint8: colour premultiplied with coverage, coverage, and the area enclosed by the lines of a one-colour icon
(to be filled with a colour of its own). Pictures are [B, 64, 64, 3] in 0..1.
"""

import concurrent.futures, hashlib, io, json, math, random

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw

from glyphs import CHARACTERS
from icons import COLOUR, EMOJI, MONO, SIZE, TEST_EMOJI, TEST_OTHER, VALIDATION, read_classes

RESOLUTION = 64
ICON, SHAPE, GLYPH, UNKNOWN = range(4)
SHAPES = "circle square triangle star heart diamond hexagon".split()
COLOURS = dict(
    red=(220, 30, 35), orange=(245, 140, 20), yellow=(250, 220, 40), green=(40, 160, 60), blue=(35, 85, 215),
    purple=(130, 50, 170), pink=(245, 130, 180), brown=(125, 75, 40), black=(20, 20, 22),
)  # fmt: skip
NO_FLIP = {"note", "question", "tick", "clock", "watch"}


def square(mask, size=SIZE):
    """The ink of a mask, centred on a square."""
    mask = mask.crop(mask.getbbox())
    side = max(mask.size)
    out = Image.new("L", (side, side))
    out.paste(mask, ((side - mask.width) // 2, (side - mask.height) // 2))
    return np.asarray(out.resize((size, size), Image.LANCZOS))


def ring(n, radius, start=-90.0, inner=1.0, centre=256):
    """n points round the centre, every second one at inner · radius."""
    points = []
    for i in range(n):
        r = radius * (inner if i % 2 else 1.0)
        angle = math.radians(start + 360 * i / n)
        points.append((centre + r * math.cos(angle), centre + r * math.sin(angle)))
    return points


def shape(kind, r):
    """One hand at drawing the shape: a mask [96, 96]."""
    image = Image.new("L", (512, 512))
    draw = ImageDraw.Draw(image)
    if kind == "circle":
        draw.ellipse([36, 36, 476, 476], fill=255)
    elif kind == "square":
        draw.rounded_rectangle([36, 36, 476, 476], r.choice([0, 0, 25, 50]), fill=255)
    elif kind == "triangle":
        flat = [(256, 40), (60, 452), (452, 452)]
        draw.polygon(r.choice([ring(3, 220), flat, [(256, 90), (40, 452), (472, 452)]]), fill=255)
    elif kind == "star":
        draw.polygon(ring(10, 220, inner=r.choice([0.38, 0.45, 0.55])), fill=255)
    elif kind == "diamond":
        w = r.choice([140, 170, 200])
        draw.polygon([(256, 36), (256 + w, 256), (256, 476), (256 - w, 256)], fill=255)
    elif kind == "hexagon":
        draw.polygon(ring(6, 220, r.choice([0, 30])), fill=255)
    else:
        e = r.choice([0.8, 0.9, 1.0]) * 13.5
        t = np.linspace(0, 2 * math.pi, 200)
        y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
        draw.polygon(list(zip(256 + 13.5 * 16 * np.sin(t) ** 3, 256 - e * y)), fill=255)
    mask = square(image)
    if r.random() < 0.2 and kind != "hexagon":  # an outline instead of a filled shape
        solid = torch.from_numpy(mask.copy()).float()[None]
        k = r.choice([11, 15])
        mask = (solid + F.max_pool2d(F.pad(-solid, (k // 2,) * 4), k, 1)).clamp(0, 255)[0].byte().numpy()
    return mask


def scribble(r):
    """Lines without a meaning: [4, 96, 96]."""
    colour, cover = Image.new("RGB", (256, 256)), Image.new("L", (256, 256))
    for _ in range(r.randint(1, 7)):
        ink, width = tuple(r.randint(0, 255) for _ in range(3)), r.randint(2, 22)
        x, y, angle = r.uniform(0, 256), r.uniform(0, 256), r.uniform(0, 6.3)
        points = [(x, y)]
        for _ in range(r.randint(3, 40)):
            angle += r.gauss(0, 0.8)
            x, y = x + 22 * math.cos(angle), y + 22 * math.sin(angle)
            points.append((x, y))
        ImageDraw.Draw(colour).line(points, fill=ink, width=width, joint="curve")
        ImageDraw.Draw(cover).line(points, fill=255, width=width, joint="curve")
    rgba = colour.convert("RGBA")
    rgba.putalpha(cover)
    return premultiply(rgba.crop(cover.getbbox() or (0, 0, 256, 256)).resize((SIZE, SIZE), Image.BILINEAR))


def premultiply(image):
    a = np.asarray(image).astype(np.float32)
    a[..., :3] *= a[..., 3:] / 255
    return a.transpose(2, 0, 1).round().astype(np.uint8)


def ink(rgb, mask):
    cover = mask.astype(np.float32)
    return np.concatenate([np.array(rgb, np.float32)[:, None, None] * cover[None] / 255, cover[None]]).astype(np.uint8)


def decode(data):
    """(sprite [4, 96, 96], whether the icon has one colour only)"""
    image = Image.open(io.BytesIO(data))
    if image.mode == "RGBA":
        return premultiply(image), False
    return ink((0, 0, 0), np.asarray(image)[..., 0]), True


def enclosed(cover):
    """The background that the border does not reach: [N, 96, 96] bool of coverage uint8."""
    free = (cover < 128)[:, None].float()
    small = 1 - F.max_pool2d(1 - free, 2)
    reached = F.pad(torch.zeros_like(small[..., 1:-1, 1:-1]), (1, 1, 1, 1), value=1.0) * small
    for _ in range(SIZE // 2):
        reached = F.max_pool2d(reached, 3, 1, 1) * small
    inside = F.interpolate(F.max_pool2d(small - reached, 3, 1, 1), scale_factor=2.0)
    return (inside * free > 0.5)[:, 0]


class Sprites:
    """All sprites on the device, and tables to draw training batches from."""

    def __init__(self, folder, device, seed=1, limit=None):
        r = random.Random(seed)
        rows = json.load(open(f"{folder}/sprites.json"))
        if limit:
            rows = r.sample(rows, limit)
        data = open(f"{folder}/sprites.bin", "rb").read()
        classes = read_classes()
        self.answers = {key: answer for key, answer, _ in classes}
        self.things = [key for key, _, _ in classes]
        extra = [k for k in SHAPES if k not in self.answers]
        self.names = self.things + extra + [f"glyph {c}" for c in CHARACTERS] + ["unknown"]
        self.id = {n: i for i, n in enumerate(self.names)}
        self.unknown = self.id["unknown"]
        self.sprites, self.mono, self.flip = [], [], []
        self.device = device
        with concurrent.futures.ThreadPoolExecutor() as pool:
            for sprite, mono in pool.map(lambda row: decode(data[row[3] : row[3] + row[4]]), rows):
                self.add(sprite, mono)
        self.sort_icons(rows)
        self.draw_shapes(r)
        self.draw_characters(folder, r)
        scribbles = [self.add(scribble(r)) for _ in range(500)] + [self.add(np.zeros((4, SIZE, SIZE), np.uint8))] * 20
        self.tests["scribble"] = [(i, self.unknown, -1, UNKNOWN) for i in scribbles[:60]]
        self.unknown_train["scribble"] = scribbles[60:]
        self.upload()

    def add(self, sprite, mono=False):
        self.sprites.append(sprite)
        self.mono.append(mono)
        return len(self.sprites) - 1

    def sort_icons(self, rows):
        """train: {class: {lineage: {set: [sprites]}}}; tests and validation: [(sprite, class, colour, kind)]"""
        lineage = {s: g for g, sets in (("emoji", EMOJI), ("colour", COLOUR), ("mono", MONO)) for s in sets}
        self.train, self.unknown_train = {}, {}
        self.tests = {k: [] for k in ("emoji", "other", "unknown new", "unknown seen", "validation", "validation unknown")}
        for i, (key, source, _, _, _) in enumerate(rows):
            new = key[0] == "?" and int(hashlib.md5(key.encode()).hexdigest(), 16) % 4 == 0
            label = self.unknown if key[0] == "?" else self.id[key]
            entry = (i, label, -1, UNKNOWN if key[0] == "?" else ICON)
            if source in VALIDATION:
                if not new:
                    self.tests["validation unknown" if key[0] == "?" else "validation"].append(entry)
            elif source in TEST_EMOJI + TEST_OTHER:
                if key[0] == "?":
                    self.tests["unknown new" if new else "unknown seen"].append(entry)
                else:
                    self.tests["emoji" if source in TEST_EMOJI else "other"].append(entry)
            elif key[0] != "?":
                self.train.setdefault(key, {}).setdefault(lineage[source], {}).setdefault(source, []).append(i)
            elif not new:
                self.unknown_train.setdefault(lineage[source], []).append(i)

    def draw_shapes(self, r):
        self.shapes, self.tests["shape"] = {}, []
        for kind in SHAPES:
            masks = [shape(kind, r) for _ in range(9)]
            for c, (name, rgb) in enumerate(COLOURS.items()):
                for j, mask in enumerate(masks):
                    i = self.add(ink([min(255, max(0, v + r.randint(-14, 14))) for v in rgb], mask))
                    if j < 7:
                        self.shapes.setdefault((kind, c), []).append(i)
                    else:
                        self.tests["shape"].append((i, self.id[kind], c, SHAPE))

    def draw_characters(self, folder, r):
        data = np.load(f"{folder}/glyphs.npz")
        self.glyphs = {}
        self.tests["typed"], self.tests["hand"] = [], []

        def put(mask, character, where):
            label = self.id[f"glyph {character}"]
            rgb = [r.choice([0, 0, 20])] * 3 if r.random() < 0.7 else [r.randint(0, 180) for _ in range(3)]
            i = self.add(ink(rgb, mask))
            if where in self.tests:
                self.tests[where].append((i, label, -1, GLYPH))
            else:
                self.glyphs.setdefault((where, character), []).append(i)

        def enlarge(masks, gain=1.0):
            shape = masks.shape[:-2]
            large = torch.from_numpy(masks).view(-1, 1, *masks.shape[-2:]).float()
            large = F.interpolate(large, (SIZE, SIZE), mode="bicubic") * gain
            return large.clamp(0, 255).byte().numpy().reshape(*shape, SIZE, SIZE)

        for split, where in (("typed", "train"), ("typed_test", "typed")):
            for font in enlarge(data[split]):
                for mask, character in zip(font, CHARACTERS):
                    put(mask, character, where)
        for split, where in (("hand", "hands"), ("hand_test", "hand")):
            for digit, masks in enumerate(enlarge(data[split][..., 3:25, 3:25], 1.3)):
                for mask in masks:
                    put(mask, str(digit), where)

    def upload(self):
        """Sprites to the device, and a flat table of (sprite, class, colour, kind, weight) for drawing."""
        pixels = torch.from_numpy(np.stack(self.sprites)).to(self.device)
        mono = torch.tensor(self.mono, device=self.device)
        inside = torch.zeros(len(pixels), 1, SIZE, SIZE, dtype=torch.uint8, device=self.device)
        for part in torch.nonzero(mono)[:, 0].split(2048):
            inside[part, 0] = enclosed(pixels[part, 3]).byte() * 255
        self.pixels, self.mono = torch.cat([pixels, inside], 1), mono
        rows = []
        share = dict(emoji=0.5, colour=0.22, mono=0.28)
        for key, groups in self.train.items():
            total = sum(share[g] for g in groups)
            for group, sets in groups.items():
                for sprites in sets.values():
                    for i in sprites:
                        weight = 0.64 / len(self.train) * share[group] / total / len(sets) / len(sprites)
                        rows.append((i, self.id[key], -1, ICON, key not in NO_FLIP, weight))
        for (kind, colour), sprites in self.shapes.items():
            rows += [(i, self.id[kind], colour, SHAPE, True, 0.08 / len(self.shapes) / len(sprites)) for i in sprites]
        for (where, character), sprites in self.glyphs.items():
            weight = 0.04 / 10 if where == "hands" else 0.06 / len(CHARACTERS)
            rows += [(i, self.id[f"glyph {character}"], -1, GLYPH, False, weight / len(sprites)) for i in sprites]
        shares = dict(emoji=0.09, colour=0.04, mono=0.05, scribble=0.03)
        for group, sprites in self.unknown_train.items():
            rows += [(i, self.unknown, -1, UNKNOWN, True, shares[group] / len(sprites)) for i in sprites]
        columns = list(zip(*rows))
        self.table = torch.tensor(list(zip(*columns[:5])), device=self.device)  # [rows, 5]
        self.weights = torch.tensor(columns[5], device=self.device).cumsum(0)
        self.weights /= self.weights[-1].clone()

    def draw(self, n):
        """n training rows [n, 5] of the table: sprite, class, colour (-1: none), kind, may be mirrored."""
        return self.table[torch.searchsorted(self.weights, torch.rand(n, device=self.device)).clamp(max=len(self.table) - 1)]

    def picture(self, rows, strength=1.0, mode="train"):
        """Draws rows [B, ≥ 4] as pictures [B, 64, 64, 3]. mode: "train" (augmented by `strength`, 0..1), "light" (moved and
        scaled a little on white or a pale colour) or "plain" (centred on white)."""
        return augment(self.pixels[rows[:, 0]], self.mono[rows[:, 0]], rows[:, 3], rows[:, -1] > 0, strength, mode)


def uniform(n, low, high, device):
    return torch.rand(n, device=device) * (high - low) + low


def augment(sprites, mono, kind, flip, strength, mode):
    device, b, v = sprites.device, len(sprites), strength
    train = mode == "train"
    u = lambda low, high: uniform(b, low, high, device)
    chance = lambda p: torch.rand(b, device=device) < p
    per = lambda x: x.view(b, 1, 1, 1)
    colour = lambda: torch.rand(b, 3, 1, 1, device=device)
    one = torch.ones(b, device=device)
    z = sprites.float() / 255
    rgb, cover, inside = z[:, :3], z[:, 3:4], z[:, 4:]
    if train:
        # One-colour icons take any dark colour, and a fill between their lines.
        dye = torch.where(per(chance(0.55)), colour() * 0.25, colour() * 0.9)
        rgb = torch.where(per(mono), dye * cover, rgb)
        fill = torch.where(per(chance(0.5)), 1 - 0.45 * colour(), colour())
        filled = per((mono & chance(0.6)).float()) * inside * (1 - cover)
        rgb, cover = rgb + fill * filled, cover + filled
        # A dark or white line round the sprite.
        wide = torch.where(per(chance(0.5)), F.max_pool2d(cover, 3, 1, 1), F.max_pool2d(cover, 5, 1, 2))
        line = per((chance(0.2 * v) & (kind == ICON) & ~mono).float()) * (wide - cover)
        rgb, cover = rgb + line * torch.where(per(chance(0.75)), 0.2 * colour(), 1 - 0.1 * colour()), cover + line
    if mode == "plain":
        scale, angle, stretch, shear, mirror, dx, dy = 0.9 * one, 0 * one, one, 0 * one, one, 0 * one, 0 * one
    elif mode == "light":
        scale, angle, stretch, shear, mirror = u(0.7, 0.97), u(-8, 8), one, 0 * one, one
        dx, dy = u(-1, 1) * (1 - scale), u(-1, 1) * (1 - scale)
    else:
        scale, angle = u(0.9 - 0.45 * v, 1.02), v * u(-20, 20) * torch.where(kind == GLYPH, 0.5, 1.0)
        stretch, shear = 1 + v * u(-0.12, 0.14), v * u(-0.12, 0.12)
        mirror = torch.where(chance(0.5) & flip, -1.0, 1.0)
        dx, dy = u(-1, 1) * (1.05 - scale), u(-1, 1) * (1.05 - scale)
    a = torch.deg2rad(angle)
    sx, sy = mirror / (scale * stretch), stretch / scale
    top = torch.stack([a.cos() * sx, (a.sin() + shear) * sx], 1)
    low = torch.stack([-a.sin() * sy, a.cos() * sy], 1)
    linear = torch.stack([top, low], 1)
    theta = torch.cat([linear, -linear @ torch.stack([dx, dy], 1)[..., None]], 2)
    fine = 2 * RESOLUTION
    grid = F.affine_grid(theta, (b, 4, fine, fine), align_corners=False)
    z = F.avg_pool2d(F.grid_sample(torch.cat([rgb, cover], 1), grid, align_corners=False), 2)
    rgb, cover = z[:, :3], z[:, 3:]
    ground = background(b, device, v, mode)
    if train:  # a disc behind the icon
        y = torch.linspace(-1, 1, RESOLUTION, device=device)
        power = 2 + 4 * (torch.rand(b, 1, 1, 1, device=device) < 0.4)
        reach = (y.abs()[:, None].pow(power) + y.abs()[None].pow(power)).pow(1 / power)
        disc = ((per(u(0.8, 1.0)) - reach) * 20).clamp(0, 1) * per((chance(0.08 * v) & (kind != GLYPH)).float())
        ground = ground * (1 - disc) + colour() * disc
    # Shapes and characters need contrast.
    mean = rgb.sum((2, 3)) / cover.sum((2, 3)).clamp(min=1)
    near = ((ground.mean((2, 3)) - mean).abs().sum(1) < 0.7) & ((kind == SHAPE) | (kind == GLYPH) | (mono & train))
    ground = torch.where(per(near), torch.where(per(mean.mean(1) < 0.55), 1.0, 0.1), ground)
    if train:
        icon = ((kind == ICON) | (kind == UNKNOWN)) & chance(0.1 + 0.9 * v)
        grey = rgb.mean(1, keepdim=True)
        saturation = torch.where(icon, u(0.5, 1.5) * (~chance(0.05)), u(0.9, 1.1))
        rgb = grey + (rgb - grey) * per(saturation)
        gain = torch.where(icon, u(0.75, 1.2), 1.0)
        rgb = rgb * per(gain) * (1 + (0.03 + 0.15 * per(icon)) * (2 * colour() - 1))
        rgb = torch.minimum((rgb + per(torch.where(icon, u(-0.08, 0.15), 0.0)) * cover).clamp(min=0), cover)
        invert = per((kind == GLYPH) & chance(0.3 * v))  # light characters on dark
        rgb, ground = torch.where(invert, cover - rgb * 0.5, rgb), torch.where(invert, ground * 0.3, ground)
    y = rgb + ground * (1 - cover)
    if train:
        # Parts of other pictures, enlarged and mixed: as little of a drawing as a photograph is.
        near = F.interpolate(y.roll(1, 0)[..., 12:36, 20:44], (RESOLUTION, RESOLUTION), mode="bilinear")
        far = F.interpolate(y.roll(2, 0)[..., 8:56, 8:56], (RESOLUTION, RESOLUTION), mode="bilinear")
        share = per(u(0.3, 0.8))
        y = torch.where(per((kind == UNKNOWN) & chance(0.12)), near * share + far.flip(3) * (1 - share), y)
        grey = y.mean(1, keepdim=True)
        edges = (1 - 2.5 * (F.max_pool2d(grey, 3, 1, 1) + F.max_pool2d(-grey, 3, 1, 1))).clamp(0, 1)
        y = torch.where(per(chance(0.03 * v) & (kind == ICON)), edges, y)
        y = torch.where(per(chance(0.12 * v)), F.avg_pool2d(y, 3, 1, 1, count_include_pad=False), y)
        y = y + torch.randn_like(y) * per(u(0, 0.06) * chance(0.15 * v))
        at = torch.arange(RESOLUTION, device=device)
        left, above, wide, high = (x[:, None] for x in (u(0, 44), u(0, 44), u(6, 20), u(6, 20)))
        patch = ((at >= above) & (at < above + high))[:, :, None] & ((at >= left) & (at < left + wide))[:, None]
        y = torch.where(patch[:, None] & per(chance(0.08 * v)), colour(), y)
    return y.clamp(0, 1).permute(0, 2, 3, 1).contiguous()


def background(b, device, v, mode):
    """[B, 3, 64, 64]: white, a pale or any colour, a gradient or slow noise."""
    shape = (b, 3, RESOLUTION, RESOLUTION)
    if mode == "plain":
        return torch.ones(shape, device=device)
    kind = torch.rand(b, 1, 1, 1, device=device)
    pale = 0.75 + 0.25 * torch.rand(b, 3, 1, 1, device=device)
    if mode == "light":
        return torch.where(kind > 0.5, pale, 1.0).expand(shape)
    kind = torch.where(torch.rand(b, 1, 1, 1, device=device) < v, kind, 0.0)
    first, second = torch.rand(2, b, 3, 1, 1, device=device)
    y = torch.linspace(0, 1, RESOLUTION, device=device)
    angle = 6.3 * torch.rand(b, 1, 1, 1, device=device)
    t = 0.5 + 0.7 * ((y[:, None] - 0.5) * angle.sin() + (y[None] - 0.5) * angle.cos())
    noise = F.interpolate(torch.rand(b, 3, 7, 7, device=device), (RESOLUTION, RESOLUTION), mode="bilinear")
    out = torch.where(kind < 0.9, first * (1 - t) + second * t, first * 0.6 + 0.4 * noise)
    out = torch.where(kind < 0.75, first, out)
    out = torch.where(kind < 0.55, pale, out)
    return torch.where(kind < 0.4, 1.0, out)
