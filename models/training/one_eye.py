"""The network of one eye, which tells a number and how sure it is of it: what rims cover (rims/), how far the lids are open (lids/)."""

import numpy as np
import torch
from torch import nn

from eyes import middle, to_input  # finds the other recipes
from attributes.garment import Whole, conv


class OneEye(nn.Module):
    """Whole 3 x 3 convolutions, as in the gaze network, over one eye; the left one is flipped, so that both look alike."""

    def __init__(self, dropout=0.2):
        super().__init__()
        self.body = nn.Sequential(
            conv(3, 24, 3, 2),  # 32
            Whole(24),
            conv(24, 40, 3, 2),  # 16
            Whole(40),
            conv(40, 64, 3, 2),  # 8
            Whole(64),
            Whole(64),
            # Keeps where a feature was seen: an average pool would forget it.
            conv(64, 24),
            nn.Flatten(),
        )
        self.drop = nn.Dropout(dropout)
        self.mix = nn.Linear(24 * 8 * 8, 96)
        self.head = nn.Linear(96, 2)

    def forward(self, eyes):
        """`eyes` (n, 3, 64, 64), 0..1 -> (n, 2): the number, per cent, and the logarithm of the error to expect of it
        (standard deviation)."""
        number, width = self.head(torch.relu(self.mix(self.drop(self.body((eyes - 0.5) * 4))))).split(1, 1)
        return torch.cat([10 * number, width + 1], 1)


class Shipped(nn.Module):
    """As the program has it: numbers of 0 to 100 %, and errors instead of their logarithms."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, eyes):
        number, width = self.network(eyes).split(1, 1)
        return torch.cat([number.clamp(0, 100), torch.exp(width)], 1)


def alike(pair):
    """Both eyes as the network takes them: the left one looks like a right one."""
    return [to_input([pair[0]]), to_input([pair[1][:, ::-1]])]


def answers(network, pictures, which):
    """(n, 2 eyes, 2) of undisturbed pairs, `which` of `pictures`."""
    network.eval()
    out = []
    with torch.no_grad():
        for at in range(0, len(which), 256):
            some = which[at : at + 256]
            eyes = np.stack([eye for i in some for eye in alike(middle(pictures[i]))])
            out.append(network(torch.from_numpy(eyes)).numpy().reshape(-1, 2, 2))
    return np.concatenate(out)


def loss_of(network, eyes, want):
    """Normal likelihood, each error counted as much as the network is unsure (Seitzer et al. 2022), so that hard pictures are not given up."""
    number, width = network(eyes).unbind(1)
    width = width.clamp(-0.7, 4)
    unlikely = 0.5 * ((number - want) * torch.exp(-width)) ** 2 + width
    return (unlikely * torch.exp(width).detach()).mean()
