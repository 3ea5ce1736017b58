"""The paper's figures and claims, and how a study compares with them."""
