"""The plan of a study, in one namespace, while the rules move to its modules."""

from mishear.study.checks import Check, checks  # noqa: F401
from mishear.study.detections import detection_path, detections  # noqa: F401
from mishear.study.evaluations import (  # noqa: F401
    Evaluation,
    Victim,
    attacked_itself,
    attacks_on,
    attacks_on_spectrograms,
    chain,
    defences_of,
    evaluations,
    victims,
)
from mishear.study.keys import (  # noqa: F401
    certificates,
    detection_keys,
    inversion_keys,
    ratio_keys,
    sound_keys,
    summary_keys,
)
from mishear.study.paths import CLEAN, NAME, number_name  # noqa: F401
from mishear.study.poisons import (  # noqa: F401
    poison_definition,
    poison_domain,
)
from mishear.study.sounds import (  # noqa: F401
    Sound,
    inversion_path,
    inversions,
    played_sounds,
    ratio_evaluations,
    sounds,
)
from mishear.study.trainings import (  # noqa: F401
    Training,
    adversarial_settings,
    all_trainings,
    check_names,
    reference_training,
    study_trainings,
    training_settings,
    trainings,
    unpoisoned_trainings,
)
