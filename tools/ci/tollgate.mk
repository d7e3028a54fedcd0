# Readiness as a target: `include tollgate.mk`, then `make readiness`. What is checked and how strictly stands in tollgate.yaml.
#
# make fails when the check exits with 1 (something is open) or 2 (the check could not be made).
TOLLGATE ?= tollgate
TOLLGATE_FACTS ?= $(wildcard facts/*.yaml)
TOLLGATE_REPORTS ?= build/readiness

.PHONY: readiness
readiness:
	@mkdir -p $(TOLLGATE_REPORTS)
	@rm -f $(TOLLGATE_REPORTS)/readiness.*
	$(TOLLGATE) check $(TOLLGATE_FACTS) \
	  --out junit=$(TOLLGATE_REPORTS)/readiness.xml \
	  --out markdown=$(TOLLGATE_REPORTS)/readiness.md \
	  --out json=$(TOLLGATE_REPORTS)/readiness.json
