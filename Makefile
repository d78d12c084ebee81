# make demo does everything on a fresh machine: environment, sample library, answer, comparison, page.
PYTHON ?= python3
BIN := .venv/bin
SHARED ?= ../shared

.PHONY: demo demo-check install test quick fix test-faults test-postgres test-ocr test-browser check gain style eval eval-quick bench lock advisories office-check wheel-check bundle docs reference clean

demo: install
	$(BIN)/cemai demo

demo-check: install
	$(BIN)/cemai demo --no-serve

install: .venv/.installed

test: .venv/.installed-dev
	$(BIN)/python -m pytest -n 2 tests --ignore=tests/browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# While working: what needs neither torch nor files made to hold a reader, in under a minute
quick: .venv/.installed-dev
	$(BIN)/python -m pytest -n 2 -m "not slow and not hostile" tests --ignore=tests/browser
	$(BIN)/ruff check .

fix: .venv/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Kills, failing calls, damaged files, odd questions by the thousand: an hour
test-faults: .venv/.installed-dev
	CEMAI_FAULTS=long $(BIN)/python -m pytest -s tests/faults tests/ui/desk/test_imports.py tests/ui/desk/test_states.py

# What is asked of either store, over files and over a server of PostgreSQL that is started on loopback and gone afterwards: installs
# the driver (10 MB). make test runs the same tests, those of the server where driver and server are there
test-postgres: .venv/.installed-postgres
	$(BIN)/python -m pytest -n 2 tests/corpus/store tests/qa/test_two_stores.py tests/qa/test_statements.py tests/ui/desk/test_nodes.py

# Scans, RAR and 7z archives: installs what reads them (165 MB to fetch), which make test does without
test-ocr: .venv/.installed-ocr
	$(BIN)/python -m pytest -n 2 tests/ingest/formats/pdf tests/ingest/formats/word tests/ingest/formats/opendocument \
		tests/ingest/formats/test_ofd.py tests/ingest/formats/test_picture.py tests/ingest/formats/test_presentation.py \
		tests/ingest/formats/test_solid_archive.py

test-browser: .venv/.installed-dev
	$(BIN)/python -m pytest -n 2 tests/browser

# What a change gains and loses on 200 documents: make gain BEFORE=other-checkout [QUESTIONS=file.jsonl]
gain: .venv/.installed-dev
	$(BIN)/python tools/compare_results.py $(BEFORE) --documents $(SHARED)/corpus $(if $(QUESTIONS),--questions $(QUESTIONS))

style: .venv/.installed-dev
	$(BIN)/python tools/style.py

# Quality on the shared material; floors stand in eval/floors.json
eval: .venv/.installed-dev
	$(BIN)/python tools/evaluate.py --shared $(SHARED)

eval-quick: .venv/.installed-dev
	$(BIN)/python tools/evaluate.py --shared $(SHARED) --quick

bench: .venv/.installed-dev
	for script in benchmarks/*.py; do $(BIN)/python $$script; done

# Lock files, bill of materials and NOTICE, from what is installed
lock:
	$(BIN)/python tools/lock.py

# Holds the lock files against advisories in a file (OSV): make advisories FILE=all.zip
advisories:
	$(BIN)/python tools/advisories.py $(FILE)

# The installation without torch (requirements-office.lock) in an empty environment: its size, the demo and the commands of a day.
# Needs a package index; no part of the tests
office-check:
	$(PYTHON) tools/office_check.py

# The wheel in an empty environment: one top-level name, size by package, the demo and twenty commands; two minutes and a package index
wheel-check: .venv/.installed-dev
	$(BIN)/python tools/wheel_check.py

# A folder of wheels for this machine's platform in dist/offline, installed without a network; --all makes those of the others too
bundle: .venv/.installed-dev
	$(BIN)/python tools/offline_bundle.py dist/offline --prove

# The site in build/site, from pinned packages of their own; pages open without a server
docs: .venv-docs/.installed
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --quiet

reference: .venv/.installed-dev
	$(BIN)/python tools/reference.py

clean:
	rm -rf .venv .venv-docs .eval build dist

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

.venv/.installed: .venv/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps -e .
	touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet -r requirements-dev.lock
	touch $@

.venv/.installed-ocr: .venv/.installed-dev requirements-ocr.lock requirements-archives.lock
	$(BIN)/python -m pip install --quiet -r requirements-ocr.lock -r requirements-archives.lock
	touch $@

.venv/.installed-postgres: .venv/.installed-dev requirements-postgres.lock
	$(BIN)/python -m pip install --quiet -r requirements-postgres.lock
	touch $@

.venv-docs/.installed: requirements-docs.lock
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install --quiet -r requirements-docs.lock
	touch $@
