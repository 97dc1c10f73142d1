# Measuring: the floor, and one command that prints figures beside budgets.  Not part of
# all or check: `make bench-show` builds what it needs (bench/README.md).
EXTRA_PROGRAMS += bench/show_floor
bench_show_floor_SOURCES = bench/show_floor.c
bench_show_floor_LDADD = $(DEFLATE_LIBS) $(ZLIB_LIBS) $(CRYPTO_LIBS)
CLEANFILES += bench/show_floor$(EXEEXT)

BENCH_FLAGS =

bench-show: wheelfix$(EXEEXT) bench/show_floor$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/bench/show.py --wheelfix ./wheelfix$(EXEEXT) \
		--floor bench/show_floor$(EXEEXT) $(BENCH_FLAGS)

.PHONY: bench-show
EXTRA_DIST += bench/README.md bench/numpy-wheels.tsv bench/show.py

EXTRA_PROGRAMS += bench/repair_floor
bench_repair_floor_SOURCES = bench/repair_floor.c
bench_repair_floor_LDADD = $(DEFLATE_LIBS) $(CRYPTO_LIBS)
CLEANFILES += bench/repair_floor$(EXEEXT)

bench-repair: wheelfix$(EXEEXT) bench/repair_floor$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/bench/repair.py --wheelfix ./wheelfix$(EXEEXT) \
		--floor bench/repair_floor$(EXEEXT) $(BENCH_FLAGS)

.PHONY: bench-repair
EXTRA_DIST += bench/repair.py

bench-macos: wheelfix$(EXEEXT) bench/show_floor$(EXEEXT) bench/repair_floor$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/bench/macos.py --wheelfix ./wheelfix$(EXEEXT) \
		--floor bench/show_floor$(EXEEXT) \
		--repair-floor bench/repair_floor$(EXEEXT) $(BENCH_FLAGS)

.PHONY: bench-macos
EXTRA_DIST += bench/macos.py

bench-windows: wheelfix$(EXEEXT) bench/show_floor$(EXEEXT) bench/repair_floor$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/bench/windows.py --wheelfix ./wheelfix$(EXEEXT) \
		--floor bench/show_floor$(EXEEXT) \
		--repair-floor bench/repair_floor$(EXEEXT) $(BENCH_FLAGS)

.PHONY: bench-windows
EXTRA_DIST += bench/windows.py

EXTRA_PROGRAMS += bench/pack_spans
bench_pack_spans_SOURCES = bench/pack_spans.c
CLEANFILES += bench/pack_spans$(EXEEXT)

bench-wheelpack: wheelpack$(EXEEXT) bench/repair_floor$(EXEEXT) bench/pack_spans$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/bench/wheelpack.py --wheelpack ./wheelpack$(EXEEXT) \
		--floor bench/repair_floor$(EXEEXT) --spans bench/pack_spans$(EXEEXT) $(BENCH_FLAGS)

.PHONY: bench-wheelpack
EXTRA_DIST += bench/wheelpack.py
