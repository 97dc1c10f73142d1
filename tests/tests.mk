# The tests: unit tests by layer, the programs end to end, structure checks.
TEST_EXTENSIONS = .bats .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
BATS_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	WHEELFIX='$(abs_top_builddir)/wheelfix'; export WHEELFIX; \
	WHEELPACK='$(abs_top_builddir)/wheelpack'; export WHEELPACK; \
	srcdir='$(abs_top_srcdir)'; export srcdir; \
	builddir='$(abs_top_builddir)'; export builddir;

base_tests = tests/unit/test_arch tests/unit/test_arena tests/unit/test_buffer \
	tests/unit/test_bytes tests/unit/test_checked tests/unit/test_error \
	tests/unit/test_limits tests/unit/test_reader tests/unit/test_text \
	tests/unit/test_purl tests/unit/test_sha256 tests/unit/test_deflate tests/unit/test_deflate_join \
	tests/unit/test_deflate_splice \
	tests/unit/test_json tests/unit/test_output \
	tests/unit/test_file tests/unit/test_file_faults tests/unit/test_path_resolve \
	tests/unit/test_pool tests/unit/test_scratch tests/unit/test_spawn

object_tests = tests/unit/test_elf_dynamic \
	tests/unit/test_elf_edit \
	tests/unit/test_elf_edit_dynamic \
	tests/unit/test_elf_edit_head \
	tests/unit/test_elf_edit_room \
	tests/unit/test_elf_edit_sections \
	tests/unit/test_elf_edit_strings \
	tests/unit/test_elf_edit_versions \
	tests/unit/test_elf_fields \
	tests/unit/test_elf_image \
	tests/unit/test_elf_libc tests/unit/test_elf_machine tests/unit/test_elf_notes \
	tests/unit/test_elf_read tests/unit/test_elf_sections \
	tests/unit/test_elf_strip_debug \
	tests/unit/test_elf_strip_place \
	tests/unit/test_strip_names \
	tests/unit/test_macho_signature \
	tests/unit/test_macho_strip \
	tests/unit/test_elf_strip_sections \
	tests/unit/test_elf_strip_symbols \
	tests/unit/test_elf_symbol_count tests/unit/test_elf_symbols \
	tests/unit/test_elf_versions tests/unit/test_object tests/unit/test_python_module \
	tests/unit/test_macho_edit \
	tests/unit/test_macho_edit_check \
	tests/unit/test_macho_edit_commands \
	tests/unit/test_macho_edit_place \
	tests/unit/test_macho_file \
	tests/unit/test_macho_names \
	tests/unit/test_macho_read \
	tests/unit/test_macho_read_exports \
	tests/unit/test_macho_read_faults \
	tests/unit/test_macho_read_imports \
	tests/unit/test_macho_edit_room \
	tests/unit/test_macho_layout \
	tests/unit/test_macho_sign

wheel_tests = tests/unit/test_case_fold tests/unit/test_entry_points \
	tests/unit/test_malformed tests/unit/test_member_path tests/unit/test_metadata \
	tests/unit/test_path_sort tests/unit/test_record tests/unit/test_record_write tests/unit/test_tags \
	tests/unit/test_pep440 tests/unit/test_pep508 \
	tests/unit/test_retag \
	tests/unit/test_version tests/unit/test_wheel_file_write tests/unit/test_wheel tests/unit/test_wheel_name \
	tests/unit/test_zip_scan tests/unit/test_zip_write

policy_tests = tests/unit/test_bundling \
	tests/unit/test_macos_policy \
	tests/unit/test_windows_policy \
	tests/unit/test_policy tests/unit/test_policy_load \
	tests/unit/test_policy_read tests/unit/test_policy_tables
resolve_tests = tests/unit/test_pe_search \
	tests/unit/test_dyld_files tests/unit/test_dyld_search \
	tests/unit/test_ld_conf tests/unit/test_library_files \
	tests/unit/test_name_table tests/unit/test_resolver tests/unit/test_search_path \
	tests/unit/test_system_dirs
audit_tests = tests/unit/test_auditor \
	tests/unit/test_report \
	tests/unit/test_rules \
	tests/unit/test_rules_macho \
	tests/unit/test_rules_pe \
	tests/unit/test_share \
	tests/unit/test_verdict tests/unit/test_verdict_auditwheel \
	tests/unit/test_verdict_blockers tests/unit/test_verdict_claims \
	tests/unit/test_verdict_external tests/unit/test_verdict_group \
	tests/unit/test_verdict_macos \
	tests/unit/test_verdict_windows \
	tests/unit/test_verdict_musl tests/unit/test_verdict_roots
plan_tests = tests/unit/test_plan_grafts tests/unit/test_plan_members \
	tests/unit/test_plan_macos \
	tests/unit/test_plan_macos_room \
	tests/unit/test_plan_macos_sign \
	tests/unit/test_plan_macos_tags \
	tests/unit/test_plan_windows \
	tests/unit/test_plan_search \
	tests/unit/test_plan_target
render_tests = tests/unit/test_answer_macos \
	tests/unit/test_answer_windows \
	tests/unit/test_json_pe \
	tests/unit/test_json_pe_edit \
	tests/unit/test_json_macho_edit \
	tests/unit/test_json_macho \
	tests/unit/test_render_plan tests/unit/test_quote tests/unit/test_render_auditwheel \
	tests/unit/test_render_json tests/unit/test_render_text tests/unit/test_render_tree
repair_tests = tests/unit/test_hash_pages \
	tests/unit/test_packages \
	tests/unit/test_packages_copyright \
	tests/unit/test_packages_rpm \
	tests/unit/test_sbom \
	tests/unit/test_shim
cli_tests = tests/unit/test_macos_setup \
	tests/unit/test_options \
	tests/unit/test_windows_setup

# What unit tests share: builders of tiny ELF images and wheels, temporary folders.
support_sources = \
	tests/support/cargo_builder.c tests/support/cargo_builder.h \
	tests/support/elf_builder.c tests/support/elf_builder.h \
	tests/support/elf_damage.c \
	tests/support/elf_damage.h \
	tests/support/elf_editing.h \
	tests/support/elf_parts.c tests/support/elf_parts.h tests/support/elf_recipe.c \
	tests/support/macho_editing.h \
	tests/support/elf_reading.h tests/support/folder.c tests/support/folder.h \
	tests/support/macho_builder.c tests/support/macho_builder.h \
	tests/support/macho_parts.c tests/support/macho_parts.h \
	tests/support/macho_reading.h \
	tests/support/macho_recipe.c \
	tests/support/json_document.h \
	tests/support/pe_builder.c tests/support/pe_builder.h \
	tests/support/pe_find.c \
	tests/support/pe_parts.c tests/support/pe_parts.h \
	tests/support/pe_reading.h \
	tests/support/pe_recipe.c \
	tests/support/macos_sample.c tests/support/macos_sample.h \
	tests/support/windows_sample.c tests/support/windows_sample.h \
	tests/support/plan_builder.c tests/support/plan_builder.h \
	tests/support/plan_macos.h \
	tests/support/plan_windows.h \
	tests/support/policy_loading.h \
	tests/support/recipe.c tests/support/recipe.h \
	tests/support/recipe_keys.c tests/support/recipe_keys.h \
	tests/support/section_builder.c tests/support/section_builder.h \
	tests/support/strip_reading.h \
	tests/support/report_sample.c tests/support/report_sample.h \
	tests/support/zip_builder.c tests/support/zip_builder.h \
	tests/support/zip_reading.c tests/support/zip_reading.h \
	tests/support/report_builder.c tests/support/report_builder.h \
	tests/support/tree_builder.c tests/support/tree_builder.h tests/support/unit.h tests/support/verifying.h

structure_tests = tests/check_archives.sh tests/check_banned.sh tests/check_blobs.sh tests/check_cases.sh \
	tests/check_dist.sh \
	tests/check_docs.sh \
	tests/check_format.sh \
	tests/check_layers.sh \
	tests/check_linkers.sh \
	tests/check_races.sh
EXTRA_DIST += tests/support/demo_wheel.py tests/support/tap.sh tests/support/faults.sh \
	tests/count_results.sh \
	fixtures/rules tests/auditwheel-cases.md tests/delocate-cases.md tests/delvewheel-cases.md \
	tests/maturin-cases.md
bats_tests = tests/cli/auditwheel.bats \
	tests/cli/auditwheel_repair.bats \
	tests/cli/cibuildwheel.bats \
	tests/cli/documents.bats \
	tests/cli/bundling_compile.bats \
	tests/cli/macos_compile.bats \
	tests/cli/fuse.bats \
	tests/cli/help.bats \
	tests/cli/hostile.bats \
	tests/cli/layouts.bats \
	tests/cli/options_macos.bats \
	tests/cli/options_windows.bats \
	tests/cli/policies.bats \
	tests/cli/repair.bats \
	tests/cli/repair_macos.bats \
	tests/cli/repair_windows.bats \
	tests/cli/repair_pe.bats \
	tests/cli/results_macos.bats \
	tests/cli/shim.bats \
	tests/cli/show.bats \
	tests/cli/show_macos.bats \
	tests/cli/show_windows.bats \
	tests/cli/tree.bats \
	tests/cli/usage.bats \
	tests/cli/verdict_macos.bats \
	tests/cli/wheelpack_backend.bats \
	tests/cli/wheelpack_build.bats \
	tests/cli/wheelpack_check.bats \
	tests/cli/wheelpack_develop.bats \
	tests/cli/wheelpack_hostile.bats \
	tests/cli/wheelpack_options.bats \
	tests/cli/wheelpack_pack.bats \
	tests/cli/wheelpack_usage.bats \
	tests/cli/windows_compile.bats
EXTRA_DIST += tests/support/macho_signature.py
EXTRA_DIST += tests/support/cli.bash tests/support/macos.bash tests/support/pack.bash tests/support/pack_wheel.py
EXTRA_DIST += tests/support/macho_facts.py tests/support/macho_wheels.py

EXTRA_DIST += $(structure_tests) $(bats_tests) fixtures/malformed

# Of wheelpack: two lines each, since they need more libraries.
wheelpack_test_libs = tests/support/libsupport.a $(wheelpack_libs) $(CMOCKA_LIBS)
pack_tests =
pack_tests += tests/unit/test_toml
tests_unit_test_toml_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_toml_edit
tests_unit_test_toml_edit_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_settings
tests_unit_test_settings_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_project
tests_unit_test_project_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_dependency_groups
tests_unit_test_dependency_groups_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_install
tests_unit_test_install_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_pack_tag
tests_unit_test_pack_tag_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_venv
tests_unit_test_venv_LDADD = $(wheelpack_test_libs)

unit_tests = $(base_tests) $(object_tests) $(wheel_tests) $(policy_tests) \
	$(resolve_tests) $(audit_tests) $(plan_tests) $(render_tests) $(repair_tests) \
	$(cli_tests) $(pack_tests)

if HAVE_CMOCKA
check_LIBRARIES += tests/support/libsupport.a
tests_support_libsupport_a_SOURCES = $(support_sources)
# Make images and wheels from recipes for the tests of the programs.
check_PROGRAMS += tests/support/mkelf
check_PROGRAMS += tests/support/mkmacho
check_PROGRAMS += tests/support/mkpe
# Prints what the reader says of PE files, for tests/proof_pe_read.py.
check_PROGRAMS += tests/support/pe_facts
# Prints the symbols of Mach-O files, for tests/proof_macho_read.py.
check_PROGRAMS += tests/support/macho_symbols
# Prints what the reader of signatures says, for the comparison with another verifier.
check_PROGRAMS += tests/support/macho_slices
# Strips one thin file, for the comparison with another stripper.
check_PROGRAMS += tests/support/macho_strip_tool
check_PROGRAMS += tests/support/mkwheel
# Makes one universal file of two, for the comparison with lipo.
check_PROGRAMS += tests/support/macho_fuse_tool
# Writes an archive anew, and makes calls of the system fail: for tests of faults.
check_PROGRAMS += tests/support/zipcopy tests/support/faultshim.so
tests_support_zipcopy_LDADD = $(wheelfix_libs)
tests_support_faultshim_so_SOURCES = tests/support/faultshim.c
tests_support_faultshim_so_CPPFLAGS = -D_POSIX_C_SOURCE=200809L
tests_support_faultshim_so_CFLAGS = -std=c11 -fPIC $(WARN_CFLAGS)
tests_support_faultshim_so_LDFLAGS = -shared
tests_support_faultshim_so_LDADD =
# Writes the script in place of a moved program, for tests/cli/shim.bats.
check_PROGRAMS += tests/support/write_shim
# Writes an SBOM, for make check-sbom.
check_PROGRAMS += tests/support/write_sbom
# Edits one file, for the proof over real libraries.
check_PROGRAMS += tests/support/elfedit_tool tests/support/elfload_tool
tests_support_elfload_tool_LDADD = -ldl
# Cuts a file while the program reads it.
check_PROGRAMS += tests/support/shrink
tests_support_shrink_LDADD =
# Prints what the ELF reader says, for tests/check_linkers.sh.
check_PROGRAMS += tests/support/elf_facts
# Edits one Mach-O file, for tests/proof_macho_edit.py.
check_PROGRAMS += tests/support/macho_tool
# Edits or strips one PE file, for tests/proof_pe_edit.py.
check_PROGRAMS += tests/support/pe_tool
# Patches Python source, for tests/proof_python_patch.py.
check_PROGRAMS += tests/support/python_tool
# Answers for tests/proof_metadata.py.
check_PROGRAMS += tests/support/metadata_tool
tests_support_metadata_tool_LDADD = $(wheelpack_libs)
# Strips one file, for the comparison with other strippers.
check_PROGRAMS += tests/support/strip_tool
check_PROGRAMS += $(unit_tests)
if HAVE_TSAN
check_PROGRAMS += tests/unit/test_pool_tsan
tests_unit_test_pool_tsan_SOURCES = tests/unit/test_pool.c $(base_sources)
tests_unit_test_pool_tsan_CFLAGS = -std=c11 -pthread -O1 -g -fsanitize=thread \
	$(WARN_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_pool_tsan_LDFLAGS = -pthread -fsanitize=thread
tests_unit_test_pool_tsan_LDADD = $(DEFLATE_LIBS) $(ZLIB_LIBS) $(CRYPTO_LIBS) \
	$(CJSON_LIBS) $(CMOCKA_LIBS)
endif
TESTS += $(unit_tests)
else
TESTS += tests/unit/no_cmocka.sh
endif
if HAVE_BATS
BATS_LOG_COMPILER = $(BATS)
AM_BATS_LOG_FLAGS = --tap
else
BATS_LOG_COMPILER = $(SHELL) $(srcdir)/tests/cli/no_bats.sh
endif
TESTS += tests/elf_linkers.sh
TESTS += tests/foreign_wheels.sh
EXTRA_DIST += tests/foreign_wheels.sh
TESTS += tests/elf_sample.sh
EXTRA_DIST += tests/elf_linkers.sh tests/elf_sample.sh tests/proof_elf_edit.py
TESTS += $(bats_tests)
EXTRA_DIST += tests/unit/no_cmocka.sh tests/cli/no_bats.sh
TESTS += tests/strip_sample.sh
EXTRA_DIST += tests/strip_sample.sh tests/proof_elf_strip.py
# The faults come by LD_PRELOAD, which does not go with the sanitizers.
fault_tests = tests/check_faults.sh tests/check_repair_faults.sh tests/check_macos_faults.sh \
	tests/check_windows_faults.sh tests/check_fuse_faults.sh
EXTRA_DIST += $(fault_tests)
# What is asked of the sources is asked once.
if !SANITIZING
TESTS += $(fault_tests)
TESTS += $(structure_tests)
endif
# The crates of tests/support/pack.bash share what cargo builds.
clean-crates:
	rm -rf tests/cargo tests/cache
.PHONY: clean-crates
# For `make distcheck TESTS='$(archive_tests)'`: check_dist.sh has shown that the archive holds
# every file, so what is left to see is that it builds and runs beside sources which cannot
# be written.
archive_tests = $(unit_tests) tests/cli/documents.bats tests/cli/repair.bats tests/cli/show.bats \
	tests/cli/wheelpack_build.bats

LDADD = tests/support/libsupport.a libcli.a $(wheelfix_libs) $(CMOCKA_LIBS)

# Real wheels against recorded answers: these fetch from a package index, so they are
# apart from check (tests/corpus/README.md).
PYTHON3 = python3
corpus_fetch = $(PYTHON3) -B $(srcdir)/tests/corpus/fetch.py
corpus_repair = $(PYTHON3) -B $(srcdir)/tests/corpus/published.py --wheelfix ./wheelfix$(EXEEXT)
corpus_compare = $(PYTHON3) -B $(srcdir)/tests/corpus/compare.py --wheelfix ./wheelfix$(EXEEXT)

check-corpus: wheelfix$(EXEEXT)
	$(corpus_fetch) --subset
	$(corpus_compare) --subset
	$(corpus_repair) --subset

check-corpus-full: wheelfix$(EXEEXT)
	$(corpus_fetch)
	$(corpus_compare)
	$(corpus_repair)

# SBOMs against the CycloneDX schema, which comes from a package index.
check-sbom: tests/support/write_sbom$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/tests/corpus/check_sbom.py \
		--program tests/support/write_sbom$(EXEEXT)

.PHONY: check-corpus check-corpus-full check-sbom

# Wheels built here from source, repaired, used, and compared with auditwheel's.
check-raw: wheelfix$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/tests/corpus/raw.py --wheelfix ./wheelfix$(EXEEXT) --subset

check-raw-full: wheelfix$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/tests/corpus/raw.py --wheelfix ./wheelfix$(EXEEXT) --install

.PHONY: check-raw check-raw-full

# macOS wheels, compared with delocate's work: one made for each kind of case, and published
# ones, taken apart and repaired again.
macos_kinds = $(PYTHON3) -B $(srcdir)/tests/corpus/macos_kinds.py --wheelfix ./wheelfix$(EXEEXT)
macos_unrepair = $(PYTHON3) -B $(srcdir)/tests/corpus/macos_unrepair.py --peer \
	--wheelfix ./wheelfix$(EXEEXT)

check-unrepair: wheelfix$(EXEEXT)
	$(macos_kinds)
	$(corpus_fetch) --subset
	$(macos_unrepair) --subset

check-unrepair-full: wheelfix$(EXEEXT)
	$(macos_kinds)
	$(corpus_fetch)
	$(macos_unrepair)

# Windows wheels, compared with delvewheel's work: one made for each kind of case, and
# published ones, taken apart and repaired again.
windows_kinds = $(PYTHON3) -B $(srcdir)/tests/corpus/windows_kinds.py --wheelfix ./wheelfix$(EXEEXT)
windows_unrepair = $(PYTHON3) -B $(srcdir)/tests/corpus/windows_unrepair.py --peer \
	--wheelfix ./wheelfix$(EXEEXT)

check-windows-unrepair: wheelfix$(EXEEXT)
	$(windows_kinds)
	$(corpus_fetch) --os windows --subset
	$(windows_unrepair) --subset

check-windows-unrepair-full: wheelfix$(EXEEXT)
	$(windows_kinds)
	$(corpus_fetch) --os windows
	$(windows_unrepair)

# Made wheels for amd64, repaired, and their modules loaded and called under wine.
check-windows-run: wheelfix$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/tests/proof_windows_run.py --wheelfix ./wheelfix$(EXEEXT)

EXTRA_DIST += tests/proof_windows_run.py tests/support/pe_loader.c tests/support/pe_wheels.py
EXTRA_DIST += tests/support/windows_facts.py

# What delvewheel assumed and missed in published wheels, and what we do.
check-windows-assumed: wheelfix$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/tests/corpus/windows_assumed.py --wheelfix ./wheelfix$(EXEEXT)

windows_answers = tests/corpus/delvewheel
EXTRA_DIST += $(windows_answers) tests/corpus/windows_assumed.py
.PHONY: check-windows-assumed check-windows-run check-windows-unrepair \
	check-windows-unrepair-full
EXTRA_DIST += tests/corpus/pe_names.py tests/corpus/pe_restore.py \
	tests/corpus/windows-differences.tsv tests/corpus/windows-kinds.tsv \
	tests/corpus/windows_kinds.py tests/corpus/windows_peer.py \
	tests/corpus/windows_unrepair.py

# How far repairs of real files have to go for header room: a table, for whoever changes that.
macos-room: wheelfix$(EXEEXT)
	for style in absolute rpath bare; do \
		$(PYTHON3) -B $(srcdir)/tests/corpus/macos_room.py --style $$style \
			--wheelfix ./wheelfix$(EXEEXT) || exit 1; \
	done

.PHONY: check-unrepair check-unrepair-full macos-room
EXTRA_DIST += tests/corpus/macho_names.py tests/corpus/macos-differences.tsv \
	tests/corpus/macos_peer.py tests/corpus/macos_room.py tests/corpus/macos_unrepair.py \
	tests/corpus/macos_kinds.py tests/corpus/macos-kinds.tsv
EXTRA_DIST += tests/corpus/published.py tests/corpus/published-repairs.tsv
EXTRA_DIST += tests/corpus/raw tests/corpus/raw-differences.tsv tests/corpus/raw-wheels.tsv \
	tests/corpus/raw.py tests/corpus/raw_build.py tests/corpus/raw_peer.py \
	tests/corpus/raw_root.py

# Some hundreds of libraries and programs of this machine, edited in every way that applies.
check-elf: check-elf-strip
check-elf-strip: tests/support/strip_tool
	$(PYTHON3) -B $(srcdir)/tests/proof_elf_strip.py --tool tests/support/strip_tool

# Edited and stripped libraries of other architectures, run under qemu-user; fetches
# sysroots from Debian's archive.
check-foreign: tests/support/elfedit_tool tests/support/strip_tool
	builddir='$(abs_top_builddir)' $(SHELL) $(srcdir)/tests/proof_foreign.sh

EXTRA_DIST += tests/proof_foreign.sh
.PHONY: check-elf-strip check-foreign
check-elf: tests/support/elfedit_tool tests/support/elfload_tool
	$(PYTHON3) -B $(srcdir)/tests/proof_elf_edit.py --tool tests/support/elfedit_tool \
		--loader tests/support/elfload_tool

.PHONY: check-elf

# Code signatures and stripping, against a second verifier and llvm's tools.
check-macho-corpus: check-macho-sign
check-macho-sign: tests/support/macho_slices$(EXEEXT) tests/support/macho_strip_tool$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/tests/proof_macho_sign.py \
		--slices tests/support/macho_slices$(EXEEXT) \
		--strip tests/support/macho_strip_tool$(EXEEXT)

# What is read of published wheels, against llvm-objdump, llvm-nm and macholib.
check-macho-corpus: check-macho-read
check-macho-read: wheelfix$(EXEEXT) tests/support/macho_symbols$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/tests/proof_macho_read.py --wheelfix ./wheelfix$(EXEEXT) \
		--symbols tests/support/macho_symbols$(EXEEXT)

EXTRA_DIST += tests/proof_macho_read.py
.PHONY: check-macho-corpus check-macho-sign check-macho-read
EXTRA_DIST += tests/proof_macho_sign.py
TESTS += tests/corpus/check_compare.sh
EXTRA_DIST += tests/corpus/README.md tests/corpus/auditwheel \
	tests/corpus/check_compare.sh tests/corpus/check_sbom.py tests/corpus/compare.py \
	tests/corpus/dev-wheels.tsv \
	tests/corpus/expected-differences.tsv tests/corpus/fetch.py docs/ci.md docs/differences.md \
	docs/macos.md docs/wheelpack.md docs/windows.md

include $(srcdir)/tests/fuzz/fuzz.mk

object_tests += tests/unit/test_macho_fuse
object_tests += tests/unit/test_pe_file
object_tests += tests/unit/test_pe_names
object_tests += tests/unit/test_pe_read
object_tests += tests/unit/test_pe_read_exports
object_tests += tests/unit/test_pe_read_imports
object_tests += tests/unit/test_pe_read_layout
object_tests += tests/unit/test_pe_read_tables
repair_tests += tests/unit/test_made
repair_tests += tests/unit/test_verify tests/unit/test_verify_windows

# Universal files against lipo's, of recipes and of published wheels that are in the cache.
check-macho: check-macho-edit check-macho-fuse
# Linked, edited, and compared with llvm-install-name-tool.
check-macho-edit: tests/support/macho_tool
	$(PYTHON3) -B $(srcdir)/tests/proof_macho_edit.py --tool tests/support/macho_tool

# How much room the headers of published wheels have: a table, no judgement.
macho-room: tests/support/macho_tool
	$(PYTHON3) -B $(srcdir)/tests/corpus/macho_room.py --tool tests/support/macho_tool

EXTRA_DIST += tests/proof_macho_edit.py tests/corpus/macho_room.py
.PHONY: check-macho-edit macho-room
check-macho-fuse: tests/support/macho_fuse_tool tests/support/mkmacho wheelfix$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/tests/proof_macho_fuse.py \
		--tool tests/support/macho_fuse_tool --mkmacho tests/support/mkmacho

EXTRA_DIST += tests/proof_macho_fuse.py
.PHONY: check-macho check-macho-fuse
repair_tests += tests/unit/test_python_packages

# What is read of published wheels, against pefile and llvm-readobj.
check-pe-corpus: check-pe-read
check-pe-read: tests/support/pe_facts$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/tests/proof_pe_read.py --facts tests/support/pe_facts$(EXEEXT)

EXTRA_DIST += tests/proof_pe_read.py
.PHONY: check-pe-corpus check-pe-read
wheel_tests += tests/unit/test_python_source
repair_tests += tests/unit/test_python_patch
TESTS += tests/python_patch.sh

# Patched Python source, read by every Python that is found here.
# Versions, requirements and METADATA against Python's own libraries, which come from a
# package index.
check-metadata: tests/support/metadata_tool$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/tests/proof_metadata.py --tool tests/support/metadata_tool$(EXEEXT)

.PHONY: check-metadata
EXTRA_DIST += tests/proof_metadata.py

check-python: tests/support/python_tool
	$(PYTHON3) -B $(srcdir)/tests/proof_python_patch.py --tool tests/support/python_tool

EXTRA_DIST += tests/python_patch.sh tests/proof_python_patch.py tests/support/python_judge.py
.PHONY: check-python

# DLLs of real linkers, edited, stripped, and loaded under wine.
check-pe: check-pe-edit
check-pe-edit: tests/support/pe_tool$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/tests/proof_pe_edit.py --tool tests/support/pe_tool$(EXEEXT)

EXTRA_DIST += tests/proof_pe_edit.py
.PHONY: check-pe check-pe-edit
object_tests += tests/unit/test_pe_edit
EXTRA_DIST += tests/support/pe_editing.h
object_tests += tests/unit/test_pe_edit_room
object_tests += tests/unit/test_pe_edit_sweep
object_tests += tests/unit/test_pe_edit_exports
object_tests += tests/unit/test_pe_strip
EXTRA_DIST += tests/support/pack_asked.h tests/support/core_project.h
EXTRA_DIST += tests/support/fake_python.h
check_PROGRAMS += tests/support/list_pythons
tests_support_list_pythons_LDADD = $(wheelpack_test_libs)
TESTS += tests/interpreters.sh
EXTRA_DIST += tests/interpreters.sh
pack_tests += tests/unit/test_platform
tests_unit_test_platform_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_pyo3_config
tests_unit_test_pyo3_config_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_interpreter_find
tests_unit_test_interpreter_find_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_artifact
tests_unit_test_artifact_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_refusals
tests_unit_test_refusals_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_compatibility
tests_unit_test_compatibility_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_triple
tests_unit_test_triple_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_core_metadata
tests_unit_test_core_metadata_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_core_readme
tests_unit_test_core_readme_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_core_license
tests_unit_test_core_license_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_crate_sbom
tests_unit_test_crate_sbom_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_interpreter_table
tests_unit_test_interpreter_table_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_stable_choice
tests_unit_test_stable_choice_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_cargo_graph
tests_unit_test_cargo_graph_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_bridge
tests_unit_test_bridge_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_compile_messages
tests_unit_test_compile_messages_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_cfg_expression
tests_unit_test_cfg_expression_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_rustflags
tests_unit_test_rustflags_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_glob
tests_unit_test_glob_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_ignore
tests_unit_test_ignore_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_walk
tests_unit_test_walk_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_glob_files
tests_unit_test_glob_files_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_interpreter_probe
tests_unit_test_interpreter_probe_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_cargo_options
tests_unit_test_cargo_options_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_draft
tests_unit_test_draft_LDADD = $(wheelpack_test_libs)

pack_tests += tests/unit/test_cargo_guess
tests_unit_test_cargo_guess_LDADD = $(wheelpack_test_libs)

pack_tests += tests/unit/test_cargo_metadata
tests_unit_test_cargo_metadata_LDADD = $(wheelpack_test_libs)
EXTRA_DIST += tests/support/pack_tree.h
pack_tests += tests/unit/test_layout
tests_unit_test_layout_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_content
tests_unit_test_content_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_select
tests_unit_test_select_LDADD = $(wheelpack_test_libs)

# The crates of tests/crates, built by maturin and by wheelpack, compared, installed, used: a few
# of them, or all with everything else that the proof knows (tests/proof_wheelpack.py).
# Where a tool is missing or cargo is too old it is skipped, with the reason.
PROOF_FLAGS =
prove_wheelpack = $(PYTHON3) -B $(srcdir)/tests/proof_wheelpack.py \
	--wheelpack ./wheelpack$(EXEEXT) --wheelfix ./wheelfix$(EXEEXT)
or_skipped = || { test $$? -eq 77 && echo "$@: skipped"; }
check-wheelpack: wheelpack$(EXEEXT) wheelfix$(EXEEXT)
	$(prove_wheelpack) $(PROOF_FLAGS) $(or_skipped)
check-wheelpack-full: wheelpack$(EXEEXT) wheelfix$(EXEEXT)
	$(prove_wheelpack) --full $(PROOF_FLAGS) $(or_skipped)

EXTRA_DIST += tests/crates tests/proof_wheelpack.py \
	tests/pack_proof/__init__.py \
	tests/pack_proof/cases.py \
	tests/pack_proof/cross.py \
	tests/pack_proof/develop.py \
	tests/pack_proof/errors.py \
	tests/pack_proof/frontends.py \
	tests/pack_proof/judges.py \
	tests/pack_proof/metadata.py \
	tests/pack_proof/repeat.py \
	tests/pack_proof/sdist_table.py \
	tests/pack_proof/sdists.py \
	tests/pack_proof/tags.py \
	tests/pack_proof/tools.py \
	tests/pack_proof/wheels.py
.PHONY: check-wheelpack check-wheelpack-full
pack_tests += tests/unit/test_compile
tests_unit_test_compile_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_c_condition
tests_unit_test_c_condition_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_cffi_preprocess
tests_unit_test_cffi_preprocess_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_bindings
tests_unit_test_bindings_LDADD = $(wheelpack_test_libs)
bats_tests += tests/cli/pack_sdist.bats
EXTRA_DIST += tests/support/sdist_made.h
pack_tests += tests/unit/test_sdist_archive
tests_unit_test_sdist_archive_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_sdist_tar
tests_unit_test_sdist_tar_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_sdist
tests_unit_test_sdist_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_sdist_manifest
tests_unit_test_sdist_manifest_LDADD = $(wheelpack_test_libs)
pack_tests += tests/unit/test_paths
tests_unit_test_paths_LDADD = $(wheelpack_test_libs)
base_tests += tests/unit/test_folder_scan

# The TOML reader against Python's, on made documents.
if HAVE_CMOCKA
check_PROGRAMS += tests/support/toml_tool
tests_support_toml_tool_LDADD = $(wheelpack_libs)
endif
check-toml: tests/support/toml_tool$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/tests/proof_toml.py --tool tests/support/toml_tool$(EXEEXT)

EXTRA_DIST += tests/proof_toml.py
.PHONY: check-toml
structure_tests += tests/check_needed.sh
