# The program without any shared library, for containers that have none of ours; its sources
# are fetched (static/build.sh), so this is no part of all or check.
static:
	CC='$(CC)' MAKE='$(MAKE)' $(SHELL) $(srcdir)/static/build.sh static-build

# It repairs a wheel in a root folder that holds nothing else.
check-static: static wheelfix$(EXEEXT)
	srcdir='$(abs_srcdir)' $(SHELL) $(srcdir)/tests/proof_static.sh \
		$(abs_builddir)/static-build/wheelfix$(EXEEXT) \
		$(abs_builddir)/wheelfix$(EXEEXT)

clean-static:
	rm -rf static-build

clean-local: clean-static clean-wheels clean-crates

.PHONY: static check-static clean-static
EXTRA_DIST += static/build.sh static/sources.tsv tests/proof_static.sh
