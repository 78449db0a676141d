"""Our elastic net beside R's glmnet: the same rows and columns, one thread, each in a process of its own, in turn.

    cargo build --release
    pip install --requirement .ci/oracles/requirements.txt
    apt-get install r-cran-glmnet
    python training/benches/elastic_net.py [--rows N ...] [--folds K] [--lambdas L]

Prints, for each, processor time of path and cross-validation, peak memory of the process, and log loss on 30,000 other rows.
"""

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path

from measure import N_TEST, built, drawn, written

# Steps along known answers, and a column for `unknown`, as sparse columns: glmnet's leanest and quickest way.
PEER = """
library(glmnet)
args <- commandArgs(TRUE)
read <- function(name) { file <- file.path(args[1], name); readBin(file, "integer", file.size(file), size = 1, signed = FALSE) }
codes <- function(name) { y <- read(paste0(name, ".events")); list(x = matrix(read(name), nrow = length(y), byrow = TRUE), y = y) }
fit <- codes("fit"); test <- codes("test")
unknown <- UNKNOWN
columns <- function(x) {
  of <- lapply(seq_along(unknown), function(j) {
    u <- unknown[j]
    cbind(sapply(seq_len(u - 1), function(a) x[, j] >= a & x[, j] < u), x[, j] == u) * 1
  })
  Matrix(do.call(cbind, of), sparse = TRUE)
}
x <- columns(fit$x)
before <- proc.time()
model <- cv.glmnet(x, fit$y, family = "binomial", alpha = 0.5, nlambda = as.integer(args[3]), lambda.min.ratio = 1e-4,
                   nfolds = as.integer(args[2]), standardize = FALSE)
used <- proc.time() - before
s <- predict(model, columns(test$x), s = "lambda.min")[, 1]
loss <- mean(ifelse(s > 0, s + log1p(exp(-s)), log1p(exp(s))) - test$y * s)
peak <- as.numeric(sub(" kB", "", sub("VmHWM:", "", grep("VmHWM", readLines("/proc/self/status"), value = TRUE)))) / 1024
cat(sprintf('{"processor": %f, "mebibytes": %f, "log_loss": %f}', used[1] + used[2], peak, loss))
"""


def unknown(folder):
    """The code of `unknown` of each indicator, which is the number of known answers."""
    import pyarrow.parquet as pq

    meta = pq.read_metadata(Path(folder) / "cohort.parquet").metadata[b"amparo.cohort"]
    return [len(i["answers"]) - 1 for i in json.loads(meta)["instrument"]["indicators"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[40_000, 400_000])
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--lambdas", type=int, default=100)
    parser.add_argument("--alone", action="store_true", help="without glmnet")
    args = parser.parse_args()
    program = built("elastic_net")
    with tempfile.TemporaryDirectory() as folder:
        forms = drawn(Path(folder), max(args.rows) + N_TEST)
        script = Path(folder) / "peer.R"
        script.write_text(PEER.replace("UNKNOWN", f"c({', '.join(map(str, unknown(folder)))})"))
        for n in args.rows:
            written(Path(folder), *forms, n)
            peers = {} if args.alone else {"glmnet": ["Rscript", str(script)]}
            beside({"amparo": [program]} | peers, [folder, str(args.folds), str(args.lambdas)], n)


def beside(commands, args, n):
    print(f"\n{n} rows, {args[1]} folds, {args[2]} penalties, one thread", flush=True)
    one = os.environ | dict.fromkeys(["RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"], "1")
    print(f"{'':16}{'CPU s':>9}{'x ours':>8}{'MiB':>9}{'log loss':>11}")
    ours = None
    for who, command in commands.items():
        out = subprocess.run([*command, *args], env=one, check=True, stdout=subprocess.PIPE, text=True).stdout
        run = json.loads(out.splitlines()[-1])
        ours = ours or run["processor"]
        print(f"{who:16}{run['processor']:9.2f}{run['processor'] / ours:8.1f}{run['mebibytes']:9.0f}{run['log_loss']:11.6f}", flush=True)


if __name__ == "__main__":
    main()
