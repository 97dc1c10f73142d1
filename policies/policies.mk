# What the platforms promise: JSON here, turned into C tables while building.
policy_files = policies/manylinux.json policies/musllinux.json policies/android.json
EXTRA_DIST += $(policy_files) policies/README.md

# The program that does it; it links no part of libwheelfix.a, which needs its result.
noinst_PROGRAMS += policy_compile
policy_compile_SOURCES = $(base_sources) $(policy_loader_sources) \
	src/policy/policy_compile.c
policy_compile_LDADD = $(DEFLATE_LIBS) $(ZLIB_LIBS) $(CRYPTO_LIBS) $(CJSON_LIBS)

# A cross build names one that runs here: make POLICY_COMPILE=/path/of/a/native/build/...
POLICY_COMPILE = ./policy_compile$(EXEEXT)

nodist_libwheelfix_a_SOURCES = policy_tables.c
BUILT_SOURCES += policy_tables.c
CLEANFILES += policy_tables.c

policy_tables.c: $(policy_files) policy_compile$(EXEEXT)
	$(AM_V_GEN)$(POLICY_COMPILE) $@ $(policy_files:%=$(srcdir)/%)
