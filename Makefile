# make run   sets everything up and makes results/reports/demo/report.html
# make test  sets everything up and runs the tests
# make mutants  makes known mistakes in a copy of the code and sees whether a test notices each
# make mutation  changes what computes numbers in every place and counts what no test notices (hours);
#                IN='mishear.core.statistics*' does so in one module
# make prune CONFIGS='a.yaml b.yaml+c.yaml'  lists the results that none of these studies uses;
#                '+' joins the files of one study; APPLY=1 removes them
# make soak  strikes runs, feeds fuzzed files, changes every key of the config, edits the code and
#            measures memory (an hour); SOAK='--kills 1000 --seed 1' chooses: python -m tests.soak --help
# make gpu   runs FSDD's study on a GPU and compares it with the CPU; ARCHIVE=FILE saves the download
PYTHON ?= python3
CORES ?= all
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# Containers often forbid Python to keep bytecode. Compiling and parsing the project anew takes a
# fifth of the start of each Snakemake process.
export PYTHONDONTWRITEBYTECODE :=

ORACLES := .oracles/.ready

.PHONY: run test mutants mutation soak prune gpu check format oracles clean
.DELETE_ON_ERROR:

run: $(READY)
	$(BIN)/snakemake --cores $(CORES)
	@echo "The report: results/reports/demo/report.html"

# Three workers on two cores: many tests wait for other processes.
test: $(READY) $(ORACLES) check
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

mutants: $(READY)
	$(BIN)/python -m tests.mutants.run $(MUTANTS)

mutation: $(READY)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[mutation]'
	$(BIN)/mutmut run --max-children 1 $(if $(IN),'$(IN)')
	$(BIN)/mutmut results

SOAK ?= --configs 2000 --recordings 2000 --archives 1000 --responses 500 --kills 100 --keys 1000 --edits 50 --memory 1

soak: $(READY)
	PYTHONPATH=src:workflow/lib $(BIN)/python -m tests.soak $(SOAK)

gpu: $(READY)
	$(BIN)/python benchmarks/gpu.py config/fsdd.yaml $(if $(ARCHIVE),--archive $(ARCHIVE))

prune: $(READY)
	@$(BIN)/mishear prune $(CONFIGS) $(if $(APPLY),--apply)

check: $(READY)
	$(BIN)/ruff check src tests workflow benchmarks
	$(BIN)/ruff format --check src tests workflow benchmarks
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/lint-imports --no-cache
	$(BIN)/hadolint Dockerfile
	$(BIN)/snakemake --lint

format: $(READY)
	$(BIN)/ruff check --fix src tests workflow benchmarks
	$(BIN)/ruff format src tests workflow benchmarks
	$(BIN)/snakefmt Snakefile workflow

oracles: $(ORACLES)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "Mishear needs Python 3.11 to 3.13; $(PYTHON) is $$($(PYTHON) --version)." \
	         "Name another: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version): PyTorch and other packages, 6 GB on disk." \
	  "It takes minutes, most of them to download 3 GB. Nothing is installed outside of $(VENV)."
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) --editable '.[workflow,espeak,slurm,dev]'
	@$(INSTALL) --editable '.[listening]' || { \
	  echo "The section 'listening' of studies will not work: see above which of pesq, pocketsphinx and" \
	       "pystoi is missing. pesq is compiled: install a C compiler and Python's headers (Debian:" \
	       "apt install build-essential python3-dev), then run: rm $@; make. All else works."; }
	@touch $@

# Other libraries the tests compare with; some overwrite what they share with ours, so apart.
$(ORACLES): $(READY) workflow/libraries/requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --upgrade --target .oracles \
	  --requirement workflow/libraries/requirements.txt
	touch $@

clean:
	rm -rf $(VENV) .oracles mutants .pytest_cache .ruff_cache .hypothesis
