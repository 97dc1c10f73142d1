# What the platforms promise: JSON here, turned into C tables while building.
policy_files = policies/manylinux.json policies/musllinux.json policies/android.json
EXTRA_DIST += $(policy_files) policies/bundling.json policies/macos.json \
	policies/windows.json policies/README.md

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

# What the programs below share.
table_compile_sources = src/policy/table_compile.c src/policy/table_compile.h

# What a repair leaves to the host, or never bundles.
noinst_PROGRAMS += bundling_compile
bundling_compile_SOURCES = $(base_sources) \
	$(table_compile_sources) \
	src/policy/bundling.h \
	src/policy/bundling_compile.c
bundling_compile_LDADD = $(policy_compile_LDADD)
BUNDLING_COMPILE = ./bundling_compile$(EXEEXT)

nodist_libwheelfix_a_SOURCES += bundling_tables.c
BUILT_SOURCES += bundling_tables.c
CLEANFILES += bundling_tables.c

bundling_tables.c: policies/bundling.json bundling_compile$(EXEEXT)
	$(AM_V_GEN)$(BUNDLING_COMPILE) $@ $(srcdir)/policies/bundling.json

# What macOS provides, and how its tags work.
noinst_PROGRAMS += macos_compile
macos_compile_SOURCES = $(base_sources) \
	$(table_compile_sources) \
	src/policy/macos.h \
	src/policy/macos_compile.c \
	src/policy/macos_tables.h
macos_compile_LDADD = $(policy_compile_LDADD)
MACOS_COMPILE = ./macos_compile$(EXEEXT)

nodist_libwheelfix_a_SOURCES += macos_tables.c
BUILT_SOURCES += macos_tables.c
CLEANFILES += macos_tables.c

macos_tables.c: policies/macos.json macos_compile$(EXEEXT)
	$(AM_V_GEN)$(MACOS_COMPILE) $@ $(srcdir)/policies/macos.json

# What Windows and the interpreters provide.
noinst_PROGRAMS += windows_compile
windows_compile_SOURCES = $(base_sources) \
	$(table_compile_sources) \
	src/policy/windows.h \
	src/policy/windows_compile.c \
	src/policy/windows_tables.h
windows_compile_LDADD = $(policy_compile_LDADD)
WINDOWS_COMPILE = ./windows_compile$(EXEEXT)

nodist_libwheelfix_a_SOURCES += windows_tables.c
BUILT_SOURCES += windows_tables.c
CLEANFILES += windows_tables.c

windows_tables.c: policies/windows.json windows_compile$(EXEEXT)
	$(AM_V_GEN)$(WINDOWS_COMPILE) $@ $(srcdir)/policies/windows.json
