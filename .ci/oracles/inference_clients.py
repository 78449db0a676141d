"""Unmodified clients of the Open Inference Protocol, in an environment of their own: what each call gives, as JSON.

    inference_clients.py triton|kserve|types PORT FORMS.json OUT.json

kserve and mlserver cannot be imported into one process: both bring the protocol's messages. So each runs in one of its own.
"""

import asyncio
import json
import sys
import urllib.request

import numpy as np

INTEGERS = ["INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64"]
FLOATS = ["FP32", "FP64"]
NUMPY = {name: np.dtype(name.lower()) for name in INTEGERS} | {"FP32": np.dtype("float32"), "FP64": np.dtype("float64")}


class Forms:
    """Forms as their answers are sent: ids, codes, and codes where NaN stands for what is unknown."""

    def __init__(self, path):
        forms = json.loads(open(path).read())
        self.indicators, self.cases = forms["indicators"], np.array(forms["cases"], object)
        self.ids, self.codes = np.array(forms["ids"], object), np.array(forms["codes"])
        self.nan = np.where(self.codes == np.array(forms["unknown"]), np.nan, self.codes)
        self.version, self.bodies = forms["version"], forms["bodies"]


def plain(array):
    """An output as JSON has it, whether its texts came as bytes or not."""
    return [v.decode() if isinstance(v, bytes) else v for v in np.asarray(array).ravel().tolist()]


def triton(port, forms):
    import tritonclient.http as http

    client, found = http.InferenceServerClient(f"127.0.0.1:{port}"), {}
    n, names = len(forms.cases), ["log_odds", "probability", "lower", "upper", "base", "values", "level", "proposal_id"]

    def tensor(name, data, datatype, binary=True):
        given = http.InferInput(name, list(data.shape), datatype)
        given.set_data_from_numpy(data, binary_data=binary)
        return given

    def taken(result, wanted=names):
        told = result.get_response()
        return {"response": {key: value for key, value in told.items() if key != "outputs"}} | {name: plain(result.as_numpy(name)) for name in wanted}

    def ask(name, data, datatype, *, binary=True, more=(), wanted=names, **how):
        inputs = [tensor("case_id", forms.cases, "BYTES", binary), tensor("answers", data, datatype, binary), *more]
        found[name] = taken(client.infer("vpr", inputs, **how), wanted)

    def refused(name, call):
        try:
            call()
            found[name] = "nothing was refused"
        except http.InferenceServerException as error:
            found[name] = str(error)

    for way in (True, False):
        kind = "binary" if way else "JSON"
        ask(f"BYTES {kind}", forms.ids, "BYTES", binary=way)
        for datatype in INTEGERS + FLOATS:
            ask(f"{datatype} {kind}", forms.codes.astype(NUMPY[datatype]), datatype, binary=way)
        for datatype in FLOATS:
            ask(f"{datatype} NaN {kind}", forms.nan.astype(NUMPY[datatype]), datatype, binary=way)
    for way in (True, False):
        outputs = [http.InferRequestedOutput(name, binary_data=way) for name in names]
        ask(f"outputs named, {'binary' if way else 'JSON'}", forms.ids, "BYTES", outputs=outputs)
    ask("version by number", forms.codes, "INT64", model_version=str(forms.version))
    ask("version by alias, id and parameters", forms.codes, "INT64", model_version="challenger", request_id="r-1", parameters={"explain": True})
    ask("gzip both ways", forms.codes, "INT64", request_compression_algorithm="gzip", response_compression_algorithm="gzip")
    ask("gzip of JSON", forms.ids, "BYTES", binary=False, request_compression_algorithm="gzip", response_compression_algorithm="gzip")
    columns = [tensor(name, forms.codes[:, [k]].astype("int64"), "INT64") for k, name in enumerate(forms.indicators)]
    found["an input an indicator"] = taken(client.infer("vpr", [tensor("case_id", forms.cases, "BYTES"), *columns]))
    inputs = [tensor("case_id", forms.cases, "BYTES"), tensor("answers", forms.ids, "BYTES")]
    found["async"] = taken(client.async_infer("vpr", inputs).get_result())
    for name in ("key", "key again"):
        ask(name, forms.codes, "INT64", headers={"Idempotency-Key": "oip-1"})
    everything = client.infer("vpr", inputs, outputs=[http.InferRequestedOutput("proposal", binary_data=False)])
    found["proposals"] = plain(everything.as_numpy("proposal"))

    answers = tensor("answers", forms.codes, "INT64")
    wrong = forms.ids.copy()
    wrong[n - 1, 0] = "quizá"
    refused("without a case", lambda: client.infer("vpr", [answers]))
    refused("an answer", lambda: client.infer("vpr", [inputs[0], tensor("answers", wrong, "BYTES")]))
    refused("an answer, version 9", lambda: client.infer("vpr", inputs, model_version="9"))
    refused("a model", lambda: client.infer("nope", inputs))
    refused("an indicator", lambda: client.infer("vpr", [inputs[0], *columns[1:]]))
    refused("an output", lambda: client.infer("vpr", inputs, outputs=[http.InferRequestedOutput("y")]))
    refused("an output by class", lambda: client.infer("vpr", inputs, outputs=[http.InferRequestedOutput("level", class_count=1)]))
    refused("FP16", lambda: client.infer("vpr", [inputs[0], tensor("answers", forms.codes.astype("float16"), "FP16")]))
    refused("key of other rows", lambda: client.infer("vpr", [inputs[0], tensor("answers", forms.codes[::-1].copy(), "INT64")], headers={"Idempotency-Key": "oip-1"}))
    refused("model configuration", lambda: client.get_model_config("vpr"))
    refused("statistics", lambda: client.get_inference_statistics("vpr"))
    found["unlogged"] = taken(client.infer("vpr", [answers], model_version="5"), ["log_odds", "level"])
    found["health"] = [
        client.is_server_live(), client.is_server_ready(), client.is_model_ready("vpr"), client.is_model_ready("vpr", str(forms.version)),
        client.is_model_ready("nope"), client.is_model_ready("vpr", "9"),
    ]
    found["server"], found["model"] = client.get_server_metadata(), client.get_model_metadata("vpr")
    found["version"], found["index"] = client.get_model_metadata("vpr", str(forms.version)), client.get_model_repository_index()
    return found


def kserve(port, forms):
    import kserve as ks

    base, found = f"http://127.0.0.1:{port}", {}
    names = ["log_odds", "probability", "lower", "upper", "base", "values", "level"]

    def tensor(name, data, datatype, binary=False):
        given = ks.InferInput(name, list(data.shape), datatype)
        given.set_data_from_numpy(data, binary_data=binary)
        return given

    def taken(answer):
        return {"response": {"id": answer.id, "model_name": answer.model_name}} | {
            output.name: plain(output.as_numpy() if output.datatype != "BYTES" else output.data) for output in answer.outputs if output.name in names
        }

    async def refused(name, call):
        try:
            found[name] = f"nothing was refused: {await call}"
        except Exception as error:
            found[name] = f"{type(error).__name__}: {error}"

    async def all_of_it():
        client = ks.InferenceRESTClient(config=ks.RESTConfig(protocol="v2", timeout=60))
        cases = lambda binary=False: tensor("case_id", forms.cases, "BYTES", binary)
        requests = {"BYTES JSON": (False, forms.ids, "BYTES"), "BYTES binary": (True, forms.ids, "BYTES")}
        for binary in (False, True):
            kind = "binary" if binary else "JSON"
            for datatype in INTEGERS + FLOATS:
                requests[f"{datatype} {kind}"] = (binary, forms.codes.astype(NUMPY[datatype]), datatype)
            for datatype in FLOATS:
                requests[f"{datatype} NaN {kind}"] = (binary, forms.nan.astype(NUMPY[datatype]), datatype)
        for name, (binary, data, datatype) in requests.items():
            asked = ks.InferRequest("vpr", [cases(binary), tensor("answers", data, datatype, binary)], request_id=name)
            found[name] = taken(await client.infer(base, asked, model_name="vpr"))
        for binary in (False, True):
            outputs = [ks.protocol.infer_type.RequestedOutput(name, {"binary_data": binary}) for name in names]
            asked = ks.InferRequest("vpr", [cases(), tensor("answers", forms.codes, "INT64")], request_outputs=outputs, parameters={"explain": True})
            found[f"outputs named, {'binary' if binary else 'JSON'}"] = taken(await client.infer(base, asked, model_name="vpr"))
        by_version = ks.InferRequest(f"vpr@{forms.version}", [cases(), tensor("answers", forms.codes, "INT64")])
        found["version in the name"] = taken(await client.infer(base, by_version, model_name=f"vpr@{forms.version}"))
        asked = {"inputs": [
            {"name": "case_id", "shape": [len(forms.cases)], "datatype": "BYTES", "data": forms.cases.tolist()},
            {"name": "answers", "shape": list(forms.ids.shape), "datatype": "BYTES", "data": forms.ids.tolist()},
        ]}
        found["a dict"] = taken(await client.infer(base, asked, model_name="vpr"))
        await refused("without a case", client.infer(base, ks.InferRequest("vpr", [tensor("answers", forms.codes, "INT64")]), model_name="vpr"))
        found["health"] = [
            await client.is_server_live(base), await client.is_server_ready(base), await client.is_model_ready(base, "vpr"),
            await client.is_model_ready(base, f"vpr@{forms.version}"), await client.is_model_ready(base, "nope"),
        ]
        first = ks.InferenceRESTClient(config=ks.RESTConfig(protocol="v1", timeout=60))
        found["health by version 1"] = [await first.is_server_live(base), await first.is_model_ready(base, "vpr")]
        found["predictions"] = (await first.infer(base, {"instances": forms.bodies}, model_name="vpr"))["predictions"]
        found["explanations"] = (await first.explain(base, "vpr", {"instances": forms.bodies}))["explanations"]
        await refused("predictions without a case", first.infer(base, {"instances": [{"answers": forms.bodies[0]["answers"]}]}, model_name="vpr"))

    asyncio.run(all_of_it())
    return found


def types(port, forms):
    """Answers as mlserver's types read them; each raises if it cannot."""
    import mlserver.types as types
    from mlserver.codecs import NumpyCodec, StringCodec

    def ask(path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body)
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.read()

    asked = types.InferenceRequest(id="m-1", inputs=[
        StringCodec.encode_input("case_id", forms.cases.tolist()),
        NumpyCodec.encode_input("answers", forms.codes.astype("int64")),
    ])
    answer = types.InferenceResponse.model_validate_json(ask("/v2/models/vpr/infer", asked.model_dump_json(exclude_none=True).encode()))
    outputs = {output.name: output for output in answer.outputs}
    decoded = {name: NumpyCodec.decode_output(outputs[name]).ravel().tolist() for name in ("log_odds", "probability", "lower", "upper", "base", "values")}
    decoded["level"] = StringCodec.decode_output(outputs["level"])
    return {
        "codecs": {"response": {"id": answer.id, "model_name": answer.model_name, "model_version": answer.model_version}} | decoded,
        "server": types.MetadataServerResponse.model_validate_json(ask("/v2")).model_dump(),
        "model": types.MetadataModelResponse.model_validate_json(ask("/v2/models/vpr")).model_dump(),
        "index": types.RepositoryIndexResponse.model_validate_json(ask("/v2/repository/index", b"")).model_dump(),
    }


client, port, path, out = sys.argv[1:]
result = {"triton": triton, "kserve": kserve, "types": types}[client](int(port), Forms(path))
with open(out, "w") as file:
    json.dump(result, file, default=lambda value: value.item())
