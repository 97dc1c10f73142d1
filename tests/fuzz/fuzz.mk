# One fuzz target per kind of input.  With --enable-fuzzing they are libFuzzer's; in every
# other build replay.c feeds them fixtures/corpus/<input>, as part of `make check`.
#
# To add one: tests/fuzz/fuzz_<input>.c, seeds in fixtures/corpus/<input>, the program here
# and its line with the libraries below.
fuzz_programs = tests/fuzz/fuzz_deflate_join \
	tests/fuzz/fuzz_c_header \
	tests/fuzz/fuzz_core_metadata \
	tests/fuzz/fuzz_cargo \
	tests/fuzz/fuzz_elf \
	tests/fuzz/fuzz_elf_edit \
	tests/fuzz/fuzz_elf_strip \
	tests/fuzz/fuzz_interpreter \
	tests/fuzz/fuzz_json \
	tests/fuzz/fuzz_ld_conf \
	tests/fuzz/fuzz_macho \
	tests/fuzz/fuzz_macho_fuse \
	tests/fuzz/fuzz_macho_edit \
	tests/fuzz/fuzz_macho_signature \
	tests/fuzz/fuzz_macho_strip \
	tests/fuzz/fuzz_metadata \
	tests/fuzz/fuzz_packages \
	tests/fuzz/fuzz_pe \
	tests/fuzz/fuzz_pe_edit \
	tests/fuzz/fuzz_pep440 \
	tests/fuzz/fuzz_pep508 \
	tests/fuzz/fuzz_policy \
	tests/fuzz/fuzz_pyproject \
	tests/fuzz/fuzz_python_source \
	tests/fuzz/fuzz_record \
	tests/fuzz/fuzz_retag \
	tests/fuzz/fuzz_toml \
	tests/fuzz/fuzz_wheel \
	tests/fuzz/fuzz_wheel_name \
	tests/fuzz/fuzz_zip

# Seeds are recipes, built when they are read; this needs no cmocka, as the support of unit
# tests does.
check_LIBRARIES += tests/fuzz/libseeds.a
tests_fuzz_libseeds_a_SOURCES = tests/fuzz/promise.h tests/fuzz/recipe_seed.h \
	tests/support/elf_builder.c \
	tests/support/elf_damage.c \
	tests/support/elf_parts.c \
	tests/support/elf_recipe.c \
	tests/support/macho_builder.c \
	tests/support/macho_parts.c \
	tests/support/macho_recipe.c \
	tests/support/pe_builder.c \
	tests/support/pe_find.c \
	tests/support/pe_parts.c \
	tests/support/pe_recipe.c \
	tests/support/recipe.c \
	tests/support/recipe_keys.c \
	tests/support/zip_builder.c \
	tests/support/zip_reading.c

tests_fuzz_fuzz_elf_LDADD = tests/fuzz/libseeds.a $(fuzz_libs)
tests_fuzz_fuzz_interpreter_LDADD = libwheelpack.a $(fuzz_libs) $(ARCHIVE_LIBS) -lstdc++
tests_fuzz_fuzz_c_header_LDADD = libwheelpack.a $(fuzz_libs) $(ARCHIVE_LIBS) -lstdc++
tests_fuzz_fuzz_cargo_LDADD = libwheelpack.a $(fuzz_libs) $(ARCHIVE_LIBS) -lstdc++
tests_fuzz_fuzz_core_metadata_LDADD = libwheelpack.a $(fuzz_libs) $(ARCHIVE_LIBS) -lstdc++
tests_fuzz_fuzz_deflate_join_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_elf_edit_LDADD = tests/fuzz/libseeds.a $(fuzz_libs)
tests_fuzz_fuzz_elf_strip_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_json_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_ld_conf_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_macho_LDADD = tests/fuzz/libseeds.a $(fuzz_libs)
tests_fuzz_fuzz_macho_fuse_LDADD = tests/fuzz/libseeds.a $(fuzz_libs)
tests_fuzz_fuzz_macho_edit_LDADD = tests/fuzz/libseeds.a $(fuzz_libs)
tests_fuzz_fuzz_macho_signature_LDADD = tests/fuzz/libseeds.a $(fuzz_libs)
tests_fuzz_fuzz_macho_strip_LDADD = tests/fuzz/libseeds.a $(fuzz_libs)
tests_fuzz_fuzz_metadata_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_packages_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_pe_LDADD = tests/fuzz/libseeds.a $(fuzz_libs)
tests_fuzz_fuzz_pe_edit_LDADD = tests/fuzz/libseeds.a $(fuzz_libs)
tests_fuzz_fuzz_pep440_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_pep508_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_policy_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_pyproject_LDADD = libwheelpack.a $(fuzz_libs) $(ARCHIVE_LIBS) -lstdc++
tests_fuzz_fuzz_python_source_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_record_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_retag_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_toml_LDADD = libwheelpack.a $(fuzz_libs) $(ARCHIVE_LIBS) -lstdc++
tests_fuzz_fuzz_wheel_SOURCES = tests/fuzz/fuzz_wheel.c \
	tests/fuzz/wheel_text.c \
	tests/fuzz/wheel_text.h
tests_fuzz_fuzz_wheel_LDADD = tests/fuzz/libseeds.a $(fuzz_libs)
tests_fuzz_fuzz_wheel_name_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_zip_LDADD = tests/fuzz/libseeds.a $(fuzz_libs)

check_PROGRAMS += $(fuzz_programs)
EXTRA_DIST += tests/fuzz/run.sh fixtures/corpus fixtures/README.md

if FUZZING
fuzz_libs = $(wheelfix_libs) $(FUZZ_ENGINE)
EXTRA_DIST += tests/fuzz/replay.c
else
fuzz_libs = tests/fuzz/libreplay.a $(wheelfix_libs)
check_LIBRARIES += tests/fuzz/libreplay.a
tests_fuzz_libreplay_a_SOURCES = tests/fuzz/replay.c
TESTS += $(fuzz_programs)
endif
