"""The service that a team would write without Amparo: FastAPI, LightGBM, an explanation, and one durable row of SQLite.

Run by `measure.py`, with the place of its files in `PEER` and the kind of explanation in `EXPLANATION`.
"""

import json
import os
import pickle
import sqlite3
import threading
import uuid
from datetime import datetime, timezone
from pathlib import Path

import lightgbm
import numpy as np
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

HERE = Path(os.environ["PEER"])
BOOSTER = lightgbm.Booster(model_file=str(HERE / "model.txt"))
FORM, BACKGROUND = pickle.loads((HERE / "form.pickle").read_bytes())
EXPLAIN_WITH_SHAP = os.environ["EXPLANATION"] == "shap"
if EXPLAIN_WITH_SHAP:
    import shap

    # Interventional, as ours: against 1,000 rows of the population.
    EXPLAINER = shap.TreeExplainer(BOOSTER, BACKGROUND[:1000], feature_perturbation="interventional")

LOCK = threading.Lock()
LOG = sqlite3.connect(HERE / "log.sqlite", check_same_thread=False, timeout=30)
# As durable as ours: on the disk before it is answered.
LOG.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS entries (id TEXT PRIMARY KEY, body TEXT)")
app = FastAPI()


class Form(BaseModel):
    case_id: str
    instrument: str
    answers: dict[str, str]


def encoded(answers):
    problems = [f"{name} is missing" for name in FORM if name not in answers]
    problems += [f"{name} is not on the form" for name in answers if name not in FORM]
    problems += [f"{name}: {answer} is no answer" for name, answer in answers.items() if name in FORM and answer not in FORM[name]]
    if problems:
        raise HTTPException(422, problems)
    return np.array([[codes[answers[name]] for name, codes in FORM.items()]], dtype=np.float64)


def explained(row):
    if EXPLAIN_WITH_SHAP:
        return EXPLAINER.shap_values(row)[0], float(EXPLAINER.expected_value)
    values = BOOSTER.predict(row, pred_contrib=True, num_threads=1)[0]
    return values[:-1], float(values[-1])


@app.post("/v1/assessments", status_code=201)
def create(form: Form):
    row = encoded(form.answers)
    values, base = explained(row)
    log_odds = base + float(values.sum())
    probability = 1 / (1 + np.exp(-log_odds))
    answer = {
        "proposal_id": str(uuid.uuid4()),
        "created_at": datetime.now(timezone.utc).isoformat(),
        "case_id": form.case_id,
        "log_odds": log_odds,
        "probability": float(probability),
        "level": ["unappreciated", "low", "medium", "high", "extreme"][int(np.searchsorted([0.05, 0.1, 0.2, 0.4], probability))],
        "base": base,
        "values": [{"indicator": name, "answer": form.answers[name], "value": float(value)} for name, value in zip(FORM, values)],
    }
    body = json.dumps({"request": form.model_dump(), "answer": answer})
    with LOCK, LOG:
        LOG.execute("INSERT INTO entries VALUES (?, ?)", (answer["proposal_id"], body))
    return answer
