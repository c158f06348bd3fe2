# Two commands: `make run` and `make test`. Both set up everything they need first.
.PHONY: run test check setup setup-dev bench soak requirements openapi messages clean help
.DEFAULT_GOAL := help
PY := .venv/bin/python
SIZE ?= s

help: ## show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

run: setup ## start kam here: database, broker, web server, worker, schedule
	@$(PY) manage.py run

setup: ## the bootstrap alone: environment, packages, assets
	@sh .ci/bootstrap

setup-dev:
	@sh .ci/bootstrap --dev

test: setup-dev ## the whole test suite, browser tests included
	@$(PY) -m pytest --numprocesses 2 --dist loadfile

check: setup-dev ## lint, types, architecture, migrations, deploy check, API file, dependency audit
	@$(PY) .ci/check.py

bench: setup-dev ## measure against bare SQL: make bench SIZE=s|l
	@$(PY) -m tests.bench --size $(SIZE)

soak: setup-dev ## the long fault and property runs
	@KAM_SOAK=1 $(PY) -m pytest -m "fault or soak"

requirements: setup-dev ## compile the hashed requirements from pyproject.toml
	@$(PY) .ci/compile_requirements.py

openapi: setup-dev ## write docs/openapi.yaml
	@$(PY) manage.py spectacular --file docs/openapi.yaml

messages: setup-dev ## collect texts for translation (needs GNU gettext)
	@$(PY) manage.py makemessages --all --no-location --no-obsolete --ignore node_modules --ignore .venv --ignore .kam

clean: ## remove what the bootstrap made; data in .kam stays
	rm -rf .venv node_modules static/dist staticfiles
