"""Checks of attacks: whether an evaluation found what there is to find.

After Carlini et al. 2019 ("On evaluating adversarial robustness", section 5) and Zimmermann et al.
2022 ("Increasing confidence in adversarial robustness evaluations"). Comparisons are of the same
recordings, so they are decided by the sign test over those on which two attacks differ.
"""
