"""Reads the Ogg Opus files of voices.bin through libsndfile, by ctypes: nothing to install but the library.

The library is the system's, or the one that NANO_SNDFILE names, or the one inside the Python package `soundfile`.
"""

import ctypes, ctypes.util, glob, os, sys, tempfile

import numpy as np


class Info(ctypes.Structure):
    _fields_ = [("frames", ctypes.c_int64)] + [(n, ctypes.c_int) for n in "rate channels format sections seekable".split()]


def library():
    packaged = [p for folder in sys.path for p in glob.glob(f"{folder}/_soundfile_data/libsndfile*x86_64*")]
    for path in (os.environ.get("NANO_SNDFILE"), *packaged, ctypes.util.find_library("sndfile")):
        if path:
            lib = ctypes.CDLL(path)
            lib.sf_open.restype = ctypes.c_void_p
            lib.sf_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(Info)]
            lib.sf_readf_short.restype = ctypes.c_int64
            lib.sf_readf_short.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
            lib.sf_close.argtypes = [ctypes.c_void_p]
            return lib
    raise SystemExit("no libsndfile: install libsndfile1 or the Python package soundfile, or set NANO_SNDFILE")


def read(lib, data, rate=16000):
    """Samples int16 of one mono file; SystemExit if it is none."""
    with tempfile.NamedTemporaryFile(suffix=".opus") as file:
        file.write(data)
        file.flush()
        info = Info()
        handle = lib.sf_open(file.name.encode(), 0x10, ctypes.byref(info))
        if not handle or info.channels != 1 or info.rate != rate:
            raise SystemExit("voices.bin holds something else than mono Ogg Opus at 16 kHz: make it again with voices.py")
        out = np.zeros(info.frames, np.int16)
        count = lib.sf_readf_short(handle, out.ctypes.data, info.frames)
        lib.sf_close(handle)
        return out[:count]
