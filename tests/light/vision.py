"""How the light looks to eyes that see colour differently, and how far apart two looks are."""

import numpy as np

# Machado, Oliveira & Fernandes, "A physiologically-based model for simulation of color vision deficiency", IEEE TVCG
# 15(6), 2009, severity 1.0; they apply to linear RGB. Grey: luminance alone, by the weights of IEC 61966-2-1.
VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array([
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998],
    ]),
    "deuteranopia": np.array([
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881],
    ]),
    "tritanopia": np.array([
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900],
    ]),
    "grey": np.array([[0.2126, 0.7152, 0.0722]] * 3),
}  # fmt: skip
_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(linear_rgb):
    """CIE 1976 L*a*b* of linear light, relative to the LED at full white."""
    ratio = _TO_XYZ @ np.clip(linear_rgb, 0, 1) / _TO_XYZ.sum(axis=1)
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one, other, vision):
    """CIE76 colour difference of two lights, each (red, green, blue) of 255 linear."""
    looks = [lab(VISIONS[vision] @ (np.array(rgb) / 255)) for rgb in (one, other)]
    return float(np.linalg.norm(looks[0] - looks[1]))
