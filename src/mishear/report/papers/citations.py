"""Which sources stand behind the classes and settings that a config names."""

from mishear.core.plugins import FAMILIES

CLASSES: dict[str, dict[str, tuple[str, ...]]] = {
    "attacks": {
        "FastGradientAttack": ("goodfellow2015explaining",),
        "ProjectedGradientDescentAttack": ("madry2018towards",),
        "PGD": ("madry2018towards",),
        "BasicIterativeAttack": ("kurakin2017physical",),
        "CarliniWagnerAttack": ("carlini2017towards",),
        "DeepFoolAttack": ("moosavi2016deepfool",),
        "DDNAttack": ("rony2019ddn",),
        "FMNAttack": ("pintor2021fmn",),
        "EADAttack": ("chen2018ead",),
        "BoundaryAttack": ("brendel2018boundary",),
        "HopSkipJumpAttack": ("chen2020hopskipjump",),
        "HopSkipJump": ("chen2020hopskipjump",),
        "APGD": ("croce2020reliable",),
        "APGDTargeted": ("croce2020reliable",),
        "AutoAttack": ("croce2020reliable",),
        "FAB": ("croce2020fab",),
        "Square": ("andriushchenko2020square",),
        "UniversalPGD": (
            "moosavi2017universal",
            "shafahi2020universal",
            "neekhara2019universal",
        ),
    },
    "networks": {
        "PaperCNN": ("attacks2024",),
        "M5": ("dai2017very",),
        "Res8": ("tang2018deep",),
        "BCResNet": ("kim2021broadcasted",),
    },
    "front_ends": {
        "MFCC": ("davis1980mfcc", "yang2022torchaudio"),
        "MelSpectrogram": ("yang2022torchaudio",),
        "Spectrogram": ("yang2022torchaudio",),
    },
    "defences": {
        "MedianSmoothing": ("xu2018squeezing",),
        "FeatureSqueezing": ("xu2018squeezing",),
        "JpegCompression": ("das2017jpeg", "guo2018countering"),
        "TotalVariation": ("guo2018countering",),
        "RandomisedSmoothing": ("cohen2019certified",),
        "ArtPreprocessor": ("nicolae2018art",),
        "AdvertorchFilter": ("ding2019advertorch",),
    },
    "corruptions": {"Reverberation": ("scheibler2018pyroomacoustics",)},
    "detectors": {
        "SpectralSignatures": ("tran2018spectral",),
        "ActivationClustering": ("chen2019activation",),
        "ArtSpectralSignatures": ("tran2018spectral", "nicolae2018art"),
        "ArtActivationClustering": ("chen2019activation", "nicolae2018art"),
    },
    "sources": {
        "espeak": ("espeakng",),
        "fsdd": ("jackson2018fsdd",),
        "audiomnist": ("becker2024audiomnist",),
    },
    "schedules": {
        "one-cycle": ("smith2018superconvergence",),
        "cosine": ("loshchilov2017sgdr",),
    },
    "methods": {"pgd": ("madry2018towards",), "trades": ("zhang2019trades",)},
    "libraries": {"art": ("nicolae2018art",)},
}
"""By section and name. Attacks are named without the norm that their names begin with."""

NORMS = ("L0", "L1", "L2", "Linf", "LInf")


def sources_of(section: str, name: str | None) -> tuple[str, ...]:
    """Return the keys of the sources of a class or a setting; none for one of the user's own.

    Parameters
    ----------
    section
        Section of the config, or ``sources``, ``schedules``, ``methods`` or ``libraries``.
    name
        As in the config.
    """
    known = CLASSES.get(section, {})
    if section not in FAMILIES or name is None:
        return known.get(name or "", ())
    path = FAMILIES[section].path(name)
    if not path.startswith(("mishear.", "foolbox.")):
        return ()
    short = path.rpartition(".")[2]
    if short not in known:
        norm = next((norm for norm in NORMS if short.startswith(norm)), "")
        short = short.removeprefix(norm)
    return known.get(short, ())
