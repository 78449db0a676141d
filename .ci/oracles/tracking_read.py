"""What an MLflow server holds, by MLflow's own client, as JSON: run by the Python of `mlflow.txt`, with the address as its argument."""

import hashlib
import json
import sys
import tempfile
from pathlib import Path

from mlflow import MlflowClient

client = MlflowClient(sys.argv[1])


def artefacts(run_id):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(client.download_artifacts(run_id, "", folder)) if client.list_artifacts(run_id) else Path(folder)
        return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in root.rglob("*") if path.is_file()}


def read(run):
    (*_, last) = [None, *run.data.metrics]
    return {
        "name": run.info.run_name,
        "id": run.info.run_id,
        "status": run.info.status,
        "times": [run.info.start_time, run.info.end_time],
        "params": run.data.params,
        "metrics": run.data.metrics,
        "tags": run.data.tags,
        "artefacts": artefacts(run.info.run_id),
        "history": len(client.get_metric_history(run.info.run_id, last)) if last else None,
        "datasets": [[d.dataset.name, d.dataset.digest, {tag.key: tag.value for tag in d.tags}] for d in run.inputs.dataset_inputs],
    }


def runs(experiment):
    found = client.search_runs([experiment.experiment_id], max_results=1000)
    return [read(client.get_run(run.info.run_id)) for run in found]


models = {
    model.name: {
        "aliases": dict(client.get_registered_model(model.name).aliases),
        "versions": [
            {"number": version.version, "run": version.run_id, "source": version.source, "tags": version.tags}
            for version in client.search_model_versions(f"name='{model.name}'")
        ],
    }
    for model in client.search_registered_models()
}
experiments = {experiment.name: runs(experiment) for experiment in client.search_experiments() if experiment.name != "Default"}
print(json.dumps({"experiments": experiments, "models": models}))
