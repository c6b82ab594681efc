"""Sizes of the decoder that the batches need too (without torch)."""

ROW = 256  # tokens of a packed row
PICTURE, PICTURE_END, SOUND, SOUND_END = 961, 960, 993, 992
PICTURE_CELLS, SOUND_CELLS = 16, 20
