# Installable wheels of the two programs, in the folder wheels: packed from what was built,
# and repaired for systems that have none of the libraries.
wheel_stage = wheels.stage

wheels: wheelfix$(EXEEXT) wheelpack$(EXEEXT)
	rm -rf $(wheel_stage) && $(MKDIR_P) wheels $(wheel_stage)/wheelfix $(wheel_stage)/wheelpack
	for name in wheelfix wheelpack; do \
		sed 's/%VERSION%/$(PACKAGE_VERSION)/' $(srcdir)/python/$$name.toml.in \
			>$(wheel_stage)/$$name/pyproject.toml && \
		cp $(srcdir)/LICENSE $(wheel_stage)/$$name/ && \
		cp $$name$(EXEEXT) $(wheel_stage)/$$name/ || exit 1; \
	done
	./wheelpack$(EXEEXT) pack -m $(wheel_stage)/wheelfix/pyproject.toml -o $(wheel_stage) \
		--script $(wheel_stage)/wheelfix/wheelfix
	./wheelpack$(EXEEXT) pack -m $(wheel_stage)/wheelpack/pyproject.toml -o $(wheel_stage) \
		--script $(wheel_stage)/wheelpack/wheelpack --module $(srcdir)/python/wheelpack
	rm -f wheels/wheelfix-*.whl wheels/wheelpack-*.whl
	./wheelfix$(EXEEXT) repair -q --strip -w wheels $(wheel_stage)/*.whl
	rm -rf $(wheel_stage)

# They are made twice, since the same programs are to give the same bytes.
check-wheels: wheels
	rm -rf wheels.first && cp -r wheels wheels.first
	$(MAKE) -s wheels
	diff -r wheels.first wheels
	rm -rf wheels.first
	sh $(srcdir)/tests/proof_wheels.sh wheels

clean-wheels:
	rm -rf wheels wheels.first $(wheel_stage)

.PHONY: wheels check-wheels clean-wheels
EXTRA_DIST += python/wheelfix.toml.in python/wheelpack.toml.in python/wheelpack/__init__.py \
	python/wheelpack/__main__.py tests/proof_wheels.sh
