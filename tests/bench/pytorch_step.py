"""The same network and the same training step in PyTorch, eager, f32: `cargo xtask bench --pytorch`.

SAGAN as the public PyTorch code has it: spectral norm with one power iteration a forward pass,
batch norm, two attention layers, hinge loss, Adam with beta = (0, 0.9). Two things are left out in
PyTorch's favour: no running average of the generator, and no power iteration in evaluation mode.
Needs nothing but torch; runs on the CPU's cores, or with `--device cuda` on a GPU without TF32, and
then also tells the peak memory of each case and how fast the GPU multiplies large matrices.
"""

import argparse
import json
import platform
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

Z_DIM = 128


class SpectralNorm(nn.Module):
    """A convolution whose weight is divided by an estimate of its largest singular value."""

    def __init__(self, conv):
        super().__init__()
        self.conv = conv
        weight = conv.weight
        del conv._parameters["weight"]
        self.weight_bar = nn.Parameter(weight.detach())
        rows = weight.shape[0]
        self.register_buffer("u", F.normalize(torch.randn(rows), dim=0))
        self.register_buffer("v", F.normalize(torch.randn(weight.numel() // rows), dim=0))

    def forward(self, x):
        matrix = self.weight_bar.flatten(1)
        if self.training:
            with torch.no_grad():
                self.v.copy_(F.normalize(matrix.t() @ self.u, dim=0))
                self.u.copy_(F.normalize(matrix @ self.v, dim=0))
        # Copies: the discriminator runs twice before its backward pass.
        sigma = self.u.clone() @ (matrix @ self.v.clone())
        self.conv.weight = self.weight_bar / sigma
        return self.conv(x)


class Attention(nn.Module):
    """gamma * softmax(q k) v + x over the pixels of a map."""

    def __init__(self, channels):
        super().__init__()
        self.query = nn.Conv2d(channels, channels // 8, 1)
        self.key = nn.Conv2d(channels, channels // 8, 1)
        self.value = nn.Conv2d(channels, channels, 1)
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        query, key, value = self.query(x).flatten(2), self.key(x).flatten(2), self.value(x).flatten(2)
        attention = torch.softmax(torch.bmm(query.transpose(1, 2), key), dim=2)
        out = torch.bmm(value, attention.transpose(1, 2)).view_as(x)
        return self.gamma * out + x


class Generator(nn.Module):
    """z [B, Z_DIM] to pictures [B, 3, 64, 64]."""

    def __init__(self, c):
        super().__init__()

        def stage(inputs, outputs, stride, padding):
            conv = nn.ConvTranspose2d(inputs, outputs, 4, stride, padding)
            return nn.Sequential(SpectralNorm(conv), nn.BatchNorm2d(outputs), nn.ReLU())

        self.layers = nn.Sequential(
            stage(Z_DIM, 8 * c, 1, 0),
            stage(8 * c, 4 * c, 2, 1),
            stage(4 * c, 2 * c, 2, 1),
            Attention(2 * c),
            stage(2 * c, c, 2, 1),
            Attention(c),
            nn.ConvTranspose2d(c, 3, 4, 2, 1),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.layers(z[:, :, None, None])


class Discriminator(nn.Module):
    """Pictures [B, 3, 64, 64] to scores [B]."""

    def __init__(self, c):
        super().__init__()

        def stage(inputs, outputs):
            return nn.Sequential(SpectralNorm(nn.Conv2d(inputs, outputs, 4, 2, 1)), nn.LeakyReLU(0.1))

        self.layers = nn.Sequential(
            stage(3, c),
            stage(c, 2 * c),
            stage(2 * c, 4 * c),
            Attention(4 * c),
            stage(4 * c, 8 * c),
            Attention(8 * c),
            nn.Conv2d(8 * c, 1, 4),
        )

    def forward(self, pictures):
        return self.layers(pictures).flatten()


def drawing(c, batch, device):
    generator = Generator(c).to(device).eval()
    z = torch.randn(batch, Z_DIM)

    def draw():
        with torch.no_grad():
            return generator(z.to(device)).cpu()

    return draw


def training(c, batch, device):
    generator, discriminator = Generator(c).to(device), Discriminator(c).to(device)
    adam_g = torch.optim.Adam(generator.parameters(), 1e-4, betas=(0.0, 0.9))
    adam_d = torch.optim.Adam(discriminator.parameters(), 4e-4, betas=(0.0, 0.9))
    pictures = torch.rand(batch, 3, 64, 64) * 2 - 1

    def step():
        real = pictures.to(device)
        with torch.no_grad():
            fake = generator(torch.randn(batch, Z_DIM, device=device))
        loss_d = F.relu(1 - discriminator(real)).mean() + F.relu(1 + discriminator(fake)).mean()
        adam_d.zero_grad(set_to_none=True)
        loss_d.backward()
        adam_d.step()

        discriminator.requires_grad_(False)
        loss_g = -discriminator(generator(torch.randn(batch, Z_DIM, device=device))).mean()
        adam_g.zero_grad(set_to_none=True)
        loss_g.backward()
        adam_g.step()
        discriminator.requires_grad_(True)
        losses = loss_d.item(), loss_g.item()
        if device.type == "cuda":
            torch.cuda.synchronize()
        return losses

    return step


def measure(work, runs, seconds):
    """Milliseconds of the first run, and of the later ones."""
    times = []
    start = None
    while len(times) <= runs and (len(times) < 2 or time.perf_counter() - start < seconds):
        before = time.perf_counter()
        work()
        times.append(1e3 * (time.perf_counter() - before))
        if len(times) == 1:
            start = time.perf_counter()
    return times[0], times[1:]


def matmul_gflops(device):
    """The best rate of a large f32 matrix product over a few sizes."""
    best = 0.0
    for side in (2048, 4096, 8192):
        a, b = (torch.randn(side, side, device=device) for _ in range(2))
        for _ in range(3):
            torch.mm(a, b)
        torch.cuda.synchronize()
        before = time.perf_counter()
        for _ in range(10):
            torch.mm(a, b)
        torch.cuda.synchronize()
        best = max(best, 10 * 2 * side**3 / (time.perf_counter() - before) / 1e9)
    return best


def numbers(text):
    return [int(number) for number in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--conv-dim", type=numbers, default=[16, 32, 64])
    parser.add_argument("--batch", type=numbers, default=[1, 16], help="0 for none")
    parser.add_argument("--train-batch", type=numbers, default=[4, 32], help="0 for none")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--json")
    arguments = parser.parse_args()

    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.manual_seed(1)
    device = torch.device(arguments.device)
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
    else:
        name = f"{platform.machine()}, {torch.get_num_threads()} threads"
    name = f"PyTorch {torch.__version__} on {name}"
    print(f"Running {name}.")
    report = {"figures": []}
    if device.type == "cuda":
        report["matmul_gflops"] = matmul_gflops(device)
        print(f"Matrix product: {report['matmul_gflops']:.0f} GFLOP/s.")
    for c in arguments.conv_dim:
        cases = [("generate", drawing, batch) for batch in arguments.batch if batch]
        cases += [("train", training, batch) for batch in arguments.train_batch if batch]
        for task, make, batch in cases:
            if device.type == "cuda":
                torch.cuda.empty_cache()
                torch.cuda.reset_peak_memory_stats(device)
            first, rest = measure(make(c, batch, device), arguments.runs, arguments.seconds)
            figure = {
                "place": "gpu" if device.type == "cuda" else "cpu", "engine": "pytorch", "device": name, "task": task, "conv_dim": c, "batch": batch,
                "first_ms": first, "median_ms": statistics.median(rest), "runs": len(rest),
            }
            if device.type == "cuda":
                figure["memory"] = torch.cuda.max_memory_allocated(device)
                figure["reserved"] = torch.cuda.max_memory_reserved(device)
            report["figures"].append(figure)
            print(f"{task:<9} {c:>3} {batch:>3} {first:>10.2f} {figure['median_ms']:>10.2f} ms")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=2)


if __name__ == "__main__":
    main()
