"""Every published version, scored from its files in plain Python, is what `amparo score` says."""

import numpy as np

from common import QUICKSTART, WORK, Cohort, amparo, close, holds, versions

forms = WORK / "forms.parquet"
amparo("data", "generate", "--rows", 500, "--seed", 3, "--out", forms)
cohort = Cohort(forms)
families = set()
for version in versions(QUICKSTART / "registry", "vpr"):
    families.add(version.family)
    name = f"{version.reference} {version.candidate}"
    table = version.scored(forms, WORK / "scores.parquet")
    score = version.score(cohort.codes)
    # The mistake: taking `unknown` for `absent`.
    naive = version.score(np.where(cohort.codes == version.unknown, 0, cohort.codes))
    close(f"{name}: log-odds", table["log_odds"], score, 1e-9, naive)
    columns = ["probability", "probability.low", "probability.high"]
    expected = np.column_stack(version.probability(score))
    close(f"{name}: probabilities", table[columns], expected, 1e-9, expected[:, [0, 2, 1]])
    values = table[[f"value.{i['id']}" for i in cohort.indicators]].to_numpy()
    total = table["base"] + values.sum(axis=1)
    close(f"{name}: base and values add up", total, table["log_odds"], 1e-9, values.sum(axis=1))
holds("all families are here", lambda f: f == families, {"points", "logistic", "forest", "hybrid"}, {"points"})
