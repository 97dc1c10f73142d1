# Which file belongs to which layer, and what the programs are made of.
base_sources = \
	src/base/arena.c src/base/arena.h \
	src/base/arch.c src/base/arch.h \
	src/base/attributes.h \
	src/base/buffer.c src/base/buffer.h \
	src/base/bytes.c src/base/bytes.h \
	src/base/checked.h \
	src/base/deflate.c src/base/deflate.h \
	src/base/deflate_blocks.h \
	src/base/deflate_join.c \
	src/base/deflate_splice.c \
	src/base/error.c src/base/error.h \
	src/base/file.c src/base/file.h \
	src/base/file_write.c \
	src/base/folder_scan.c \
	src/base/json.c src/base/json.h \
	src/base/json_keys.c src/base/json_keys.h \
	src/base/json_scan.c src/base/json_scan.h \
	src/base/json_write.c \
	src/base/limits.c src/base/limits.h \
	src/base/output.c src/base/output.h \
	src/base/path_resolve.c \
	src/base/pool.c src/base/pool.h \
	src/base/purl.c src/base/purl.h \
	src/base/reader.c src/base/reader.h \
	src/base/scratch.c src/base/scratch.h \
	src/base/sha256.c src/base/sha256.h \
	src/base/spawn.c src/base/spawn.h \
	src/base/text.c src/base/text.h \
	src/base/utf8.c src/base/utf8.h

object_sources = \
	src/object/elf_dynamic.c \
	src/object/elf_edit.c src/object/elf_edit.h \
	src/object/elf_edit_around.c \
	src/object/elf_edit_check.c \
	src/object/elf_edit_dynamic.c \
	src/object/elf_edit_head.c \
	src/object/elf_edit_parts.h \
	src/object/elf_edit_room.c \
	src/object/elf_edit_sections.c \
	src/object/elf_edit_strings.c \
	src/object/elf_edit_users.c \
	src/object/elf_edit_versions.c \
	src/object/elf_edit_write.c \
	src/object/elf_fields.c src/object/elf_fields.h \
	src/object/elf_format.h \
	src/object/elf_image.c src/object/elf_image.h \
	src/object/elf_libc.c \
	src/object/elf_machine.c \
	src/object/elf_notes.c \
	src/object/elf_read.c \
	src/object/elf_sections.c \
	src/object/elf_strip.c src/object/elf_strip.h \
	src/object/elf_strip_debug.c \
	src/object/elf_strip_parts.h \
	src/object/elf_strip_place.c \
	src/object/elf_strip_sections.c \
	src/object/elf_strip_symbols.c \
	src/object/elf_strip_write.c \
	src/object/elf_symbol_count.c \
	src/object/elf_symbols.c \
	src/object/elf_versions.c \
	src/object/macho.h \
	src/object/macho_edit.c src/object/macho_edit.h \
	src/object/macho_edit_check.c \
	src/object/macho_edit_commands.c \
	src/object/macho_edit_parts.h \
	src/object/macho_edit_place.c \
	src/object/macho_edit_room.c \
	src/object/macho_edit_write.c \
	src/object/macho_file.c src/object/macho_file.h \
	src/object/macho_format.h \
	src/object/macho_archive.c src/object/macho_archive.h \
	src/object/macho_fuse.c src/object/macho_fuse.h \
	src/object/macho_layout.c src/object/macho_layout.h \
	src/object/macho_names.c \
	src/object/macho_read.c src/object/macho_read.h \
	src/object/macho_read_bounds.c \
	src/object/macho_read_commands.c \
	src/object/macho_read_exports.c \
	src/object/macho_read_faults.c \
	src/object/macho_read_imports.c \
	src/object/macho_read_opcodes.c \
	src/object/macho_strip.c src/object/macho_strip.h \
	src/object/macho_strip_parts.h \
	src/object/macho_strip_symbols.c \
	src/object/macho_strip_tables.c \
	src/object/macho_strip_write.c \
	src/object/macho_sign.c src/object/macho_sign.h \
	src/object/macho_signature.c src/object/macho_signature.h \
	src/object/macho_signature_directory.c \
	src/object/object.c src/object/object.h \
	src/object/object_copy.c \
	src/object/object_format.h \
	src/object/pe.h \
	src/object/pe_edit.c src/object/pe_edit.h \
	src/object/pe_edit_check.c \
	src/object/pe_edit_exports.c \
	src/object/pe_edit_imports.c \
	src/object/pe_edit_load.c \
	src/object/pe_edit_parts.h \
	src/object/pe_edit_room.c \
	src/object/pe_edit_section.c \
	src/object/pe_edit_write.c \
	src/object/pe_file.c src/object/pe_file.h \
	src/object/pe_format.h \
	src/object/pe_names.c \
	src/object/pe_read.c src/object/pe_read.h \
	src/object/pe_read_exports.c \
	src/object/pe_read_imports.c \
	src/object/pe_read_layout.c \
	src/object/pe_read_tables.c \
	src/object/pe_strip.c \
	src/object/python_module.c src/object/python_module.h \
	src/object/strip_names.c src/object/strip_names.h

wheel_sources = \
	src/wheel/case_fold.c src/wheel/case_fold.h \
	src/wheel/entry_points.c \
	src/wheel/marker.c src/wheel/marker.h \
	src/wheel/member_path.c src/wheel/member_path.h \
	src/wheel/metadata.c src/wheel/metadata.h \
	src/wheel/path_sort.c src/wheel/path_sort.h \
	src/wheel/pep440.c src/wheel/pep440.h src/wheel/pep440_scan.h \
	src/wheel/pep508.c src/wheel/pep508.h \
	src/wheel/python_coding.c \
	src/wheel/python_marks.c \
	src/wheel/python_source.c src/wheel/python_source.h \
	src/wheel/python_tokens.c src/wheel/python_tokens.h \
	src/wheel/record.c src/wheel/record.h \
	src/wheel/record_write.c src/wheel/record_write.h \
	src/wheel/retag.c \
	src/wheel/retag.h \
	src/wheel/specifiers.c \
	src/wheel/tags.c src/wheel/tags.h \
	src/wheel/version.c \
	src/wheel/wheel.c src/wheel/wheel.h \
	src/wheel/wheel_file_write.c \
	src/wheel/wheel_name.c src/wheel/wheel_name.h \
	src/wheel/zip_end.c src/wheel/zip_end.h \
	src/wheel/zip_header.c src/wheel/zip_header.h \
	src/wheel/zip_local.c \
	src/wheel/zip_names.c src/wheel/zip_names.h \
	src/wheel/zip_scan.c src/wheel/zip_scan.h \
	src/wheel/zip_write.c src/wheel/zip_write.h

# Without the compiled tables: policy_compile makes them, and links these.
policy_loader_sources = \
	src/policy/policy.c src/policy/policy.h \
	src/policy/policy_load.c \
	src/policy/policy_merge.c \
	src/policy/policy_place.c src/policy/policy_place.h \
	src/policy/policy_read.c \
	src/policy/policy_records.h \
	src/policy/policy_set.h \
	src/policy/policy_symbols.c

policy_sources = $(policy_loader_sources) \
	src/policy/bundling.c \
	src/policy/bundling.h \
	src/policy/macos.c src/policy/macos.h \
	src/policy/macos_tables.h \
	src/policy/policy_builtin.c \
	src/policy/policy_suggest.c \
	src/policy/windows.c src/policy/windows.h \
	src/policy/windows_tables.h

resolve_sources = \
	src/resolve/dyld_places.c src/resolve/dyld_places.h \
	src/resolve/dyld_search.c src/resolve/dyld_search.h \
	src/resolve/exclusion.c src/resolve/exclusion.h \
	src/resolve/found_by.c \
	src/resolve/ld_conf.c src/resolve/ld_conf.h \
	src/resolve/library_files.c src/resolve/library_files.h \
	src/resolve/library_search.c src/resolve/library_search.h \
	src/resolve/name_table.c src/resolve/name_table.h \
	src/resolve/pe_search.c src/resolve/pe_search.h \
	src/resolve/places.c src/resolve/places.h \
	src/resolve/resolver.c src/resolve/resolve.h \
	src/resolve/search_path.c src/resolve/search_path.h \
	src/resolve/slices.c src/resolve/slices.h \
	src/resolve/system_dirs.c src/resolve/system_dirs.h

audit_sources = \
	src/audit/audit.h \
	src/audit/auditor.c \
	src/audit/reading.c src/audit/reading.h \
	src/audit/report.c src/audit/report.h \
	src/audit/rule.h \
	src/audit/rules.c \
	src/audit/rules_dyld.c src/audit/rules_dyld.h \
	src/audit/rules_elf.c src/audit/rules_elf.h \
	src/audit/rules_layers.c src/audit/rules_layers.h \
	src/audit/rules_macho.c src/audit/rules_macho.h \
	src/audit/rules_pe.c src/audit/rules_pe.h \
	src/audit/rules_wheel.c src/audit/rules_wheel.h \
	src/audit/share.c src/audit/share.h \
	src/audit/verdict.c src/audit/verdict.h \
	src/audit/verdict_auditwheel.c \
	src/audit/verdict_blockers.c \
	src/audit/verdict_claims.c \
	src/audit/verdict_external.c \
	src/audit/verdict_group.c \
	src/audit/verdict_macos.c \
	src/audit/verdict_macos_archs.c \
	src/audit/verdict_macos_blockers.c \
	src/audit/verdict_macos_claims.c \
	src/audit/verdict_macos_needs.c \
	src/audit/verdict_musl.c \
	src/audit/verdict_needs.c \
	src/audit/verdict_parts.h \
	src/audit/verdict_roots.c \
	src/audit/verdict_strangers.c \
	src/audit/verdict_windows.c \
	src/audit/verdict_windows_claims.c \
	src/audit/verdict_windows_needs.c

repair_sources = \
	src/repair/apply.c src/repair/apply.h \
	src/repair/compose.c src/repair/compose.h \
	src/repair/fuse.c src/repair/fuse.h \
	src/repair/fuse_members.c \
	src/repair/fuse_parts.h \
	src/repair/fuse_tags.c \
	src/repair/hash_pages.c src/repair/hash_pages.h \
	src/repair/made.c src/repair/made.h \
	src/repair/packages.c src/repair/packages.h \
	src/repair/packages_apk.c \
	src/repair/packages_copyright.c \
	src/repair/packages_dpkg.c \
	src/repair/packages_index.c \
	src/repair/packages_parts.h \
	src/repair/packages_rpm.c \
	src/repair/packages_system.c \
	src/repair/plan.c src/repair/plan.h \
	src/repair/plan_asked.c \
	src/repair/plan_edits.c \
	src/repair/plan_grafts.c \
	src/repair/plan_judge.c \
	src/repair/plan_macos.c \
	src/repair/plan_macos_archs.c \
	src/repair/plan_macos_edits.c \
	src/repair/plan_macos_files.c \
	src/repair/plan_macos_names.c \
	src/repair/plan_macos_parts.h \
	src/repair/plan_macos_paths.c \
	src/repair/plan_macos_place.c \
	src/repair/plan_macos_room.c \
	src/repair/plan_macos_rpaths.c \
	src/repair/plan_macos_sign.c \
	src/repair/plan_macos_tags.c \
	src/repair/plan_macos_twins.c \
	src/repair/plan_macos_uses.c \
	src/repair/plan_members.c \
	src/repair/plan_names.c \
	src/repair/plan_parts.h \
	src/repair/plan_refusals.c \
	src/repair/plan_search.c \
	src/repair/plan_target.c \
	src/repair/plan_windows.c \
	src/repair/plan_windows_asked.c \
	src/repair/plan_windows_digest.c \
	src/repair/plan_windows_edits.c \
	src/repair/plan_windows_files.c \
	src/repair/plan_windows_graph.c \
	src/repair/plan_windows_names.c \
	src/repair/plan_windows_parts.h \
	src/repair/plan_windows_place.c \
	src/repair/plan_windows_python.c \
	src/repair/plan_windows_uses.c \
	src/repair/produce.c src/repair/produce.h \
	src/repair/rehearse.c src/repair/rehearse.h \
	src/repair/python_packages.c src/repair/python_packages.h \
	src/repair/python_patch.c src/repair/python_patch.h \
	src/repair/repair.h \
	src/repair/sbom.c src/repair/sbom.h \
	src/repair/shim.c \
	src/repair/shim.h \
	src/repair/verify.c src/repair/verify.h

render_sources = \
	src/render/answer.h \
	src/render/answer_blockers.c \
	src/render/answer_findings.c \
	src/render/answer_macos.c \
	src/render/answer_repair.c \
	src/render/answer_windows.c \
	src/render/json_macho.c src/render/json_macho.h \
	src/render/json_macho_edit.c src/render/json_macho_edit.h \
	src/render/json_object.c src/render/json_object.h \
	src/render/json_pe.c src/render/json_pe.h \
	src/render/json_pe_edit.c src/render/json_pe_edit.h \
	src/render/page.c src/render/page.h \
	src/render/policy_items.c src/render/policy_items.h \
	src/render/quote.c src/render/quote.h \
	src/render/render_auditwheel.c \
	src/render/render_json.c \
	src/render/render.h \
	src/render/render_plan.c \
	src/render/render_plan.h \
	src/render/render_plan_json.c \
	src/render/render_policies.c src/render/render_policies.h \
	src/render/render_policies_json.c \
	src/render/render_text.c \
	src/render/render_tree.c \
	src/render/render_tree_json.c

cli_sources = \
	src/cli/audit_setup.c src/cli/audit_setup.h \
	src/cli/cmd_fuse.c \
	src/cli/cmd_help.c \
	src/cli/cmd_policies.c \
	src/cli/cmd_repair.c \
	src/cli/cmd_show.c \
	src/cli/cmd_tree.c \
	src/cli/cmd_version.c \
	src/cli/command.h \
	src/cli/dispatch.c \
	src/cli/help.c src/cli/help.h \
	src/cli/macos_setup.c src/cli/macos_setup.h \
	src/cli/options.c src/cli/options.h \
	src/cli/output.c \
	src/cli/progress.c src/cli/progress.h \
	src/cli/repair_answers.c \
	src/cli/repair_places.c \
	src/cli/repair_run.h \
	src/cli/repair_setup.c \
	src/cli/systems.c src/cli/systems.h \
	src/cli/wheel_inputs.c src/cli/wheel_inputs.h \
	src/cli/windows_setup.c src/cli/windows_setup.h

noinst_LIBRARIES += libwheelfix.a
libwheelfix_a_SOURCES = $(base_sources) $(object_sources) $(wheel_sources) \
	$(policy_sources) $(resolve_sources) $(audit_sources) $(repair_sources) \
	$(render_sources)

# The command line without its main function, so that unit tests can link it.
noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = $(cli_sources)

wheelfix_libs = libwheelfix.a $(ELF_LIBS) $(DEFLATE_LIBS) $(ZLIB_LIBS) $(CRYPTO_LIBS) \
	$(CJSON_LIBS) $(ZIP_LIBS)

bin_PROGRAMS += wheelfix
wheelfix_SOURCES = src/cli/main.c src/cli/wheelfix_program.c
wheelfix_LDADD = libcli.a $(wheelfix_libs)

# wheelpack: one layer more, and two libraries that wheelfix does not need.  The shim
# (base/toml_shim.cc) is the only C++, and stands in this library so that wheelfix has none.
toml_sources = \
	src/base/toml.c src/base/toml.h \
	src/base/toml_continued.c src/base/toml_continued.h \
	src/base/toml_edit.c src/base/toml_edit_parts.h \
	src/base/toml_edit_check.c \
	src/base/toml_edit_write.c \
	src/base/toml_key.c src/base/toml_key.h \
	src/base/toml_nodes.c src/base/toml_nodes.h \
	src/base/toml_scan.c src/base/toml_scan.h \
	src/base/toml_scalar.c src/base/toml_scalar.h \
	src/base/toml_shim.cc src/base/toml_shim.h \
	src/base/toml_text.c src/base/toml_text.h \
	src/base/toml_want.c

pack_sources = \
	src/pack/artifact.c \
	src/pack/asked.c src/pack/asked.h \
	src/pack/assemble.c src/pack/assemble.h \
	src/pack/assemble_entry.c \
	src/pack/assemble_judge.c \
	src/pack/assemble_parts.h \
	src/pack/bind_bin.c \
	src/pack/bind_cffi.c \
	src/pack/bind_parts.c src/pack/bind_parts.h \
	src/pack/bind_pyo3.c \
	src/pack/bind_uniffi.c \
	src/pack/bindings.h \
	src/pack/bridge.c src/pack/bridge.h \
	src/pack/bridge_parts.h \
	src/pack/bridge_tree.c \
	src/pack/build.c src/pack/build.h \
	src/pack/build_parts.h \
	src/pack/c_condition.c src/pack/c_condition.h \
	src/pack/cargo_graph.c src/pack/cargo_graph.h \
	src/pack/cargo_guess.c src/pack/cargo_guess.h \
	src/pack/cargo_json.c src/pack/cargo_json.h \
	src/pack/cargo_metadata.c \
	src/pack/cargo_options.c src/pack/cargo_options.h \
	src/pack/cffi_key.c \
	src/pack/cffi_make.c \
	src/pack/cffi_parts.h \
	src/pack/cffi_preprocess.c \
	src/pack/cfg_expression.c \
	src/pack/check.c \
	src/pack/choose.c \
	src/pack/compatibility.c \
	src/pack/compile.c src/pack/compile.h \
	src/pack/compile_arguments.c \
	src/pack/compile_messages.c \
	src/pack/compile_parts.h \
	src/pack/content.c src/pack/content.h \
	src/pack/content_tree.c \
	src/pack/core_cargo.c \
	src/pack/core_entries.c \
	src/pack/core_license.c \
	src/pack/core_metadata.c src/pack/core_metadata.h \
	src/pack/core_parts.h \
	src/pack/core_people.c \
	src/pack/core_project.c \
	src/pack/core_readme.c \
	src/pack/core_requires.c \
	src/pack/core_values.c \
	src/pack/core_write.c \
	src/pack/crate_sbom.c src/pack/crate_sbom.h \
	src/pack/crate_sbom_gather.c src/pack/crate_sbom_parts.h \
	src/pack/dependency_groups.c src/pack/dependency_groups.h \
	src/pack/develop.c src/pack/develop_parts.h \
	src/pack/dist_info.c \
	src/pack/draft.c \
	src/pack/glob.c src/pack/glob.h \
	src/pack/glob_files.c \
	src/pack/ignore.c src/pack/ignore.h \
	src/pack/install.c \
	src/pack/interpreter.h \
	src/pack/interpreter_answer.c \
	src/pack/interpreter_cross.c src/pack/interpreter_cross.h \
	src/pack/interpreter_find.c \
	src/pack/interpreter_names.c \
	src/pack/interpreter_parts.h \
	src/pack/interpreter_probe.c src/pack/interpreter_probe.h \
	src/pack/interpreter_table.c \
	src/pack/layout.c src/pack/layout.h \
	src/pack/list_python.c \
	src/pack/load.c \
	src/pack/manifest_read.h \
	src/pack/memo.c src/pack/memo.h \
	src/pack/old_settings.c src/pack/old_settings.h \
	src/pack/pack_files.c \
	src/pack/pack_parts.h \
	src/pack/pack_tag.c \
	src/pack/paths.c src/pack/paths.h \
	src/pack/platform.c \
	src/pack/program.c src/pack/program.h \
	src/pack/project.c src/pack/project.h \
	src/pack/pyo3_config.c \
	src/pack/pyproject.c \
	src/pack/refusals.c src/pack/refusals.h \
	src/pack/refusals_libc.c \
	src/pack/rustflags.c \
	src/pack/say.c src/pack/say.h \
	src/pack/sdist.c \
	src/pack/sdist_archive.c src/pack/sdist_archive.h \
	src/pack/sdist_build.c \
	src/pack/sdist_crates.c \
	src/pack/sdist_edit.c \
	src/pack/sdist_files.c \
	src/pack/sdist_inherit.c \
	src/pack/sdist_licenses.c \
	src/pack/sdist_list.c \
	src/pack/sdist_manifest.c \
	src/pack/sdist_parts.h \
	src/pack/sdist_pyproject.c \
	src/pack/sdist_tar.c src/pack/sdist_tar.h \
	src/pack/sdist_workspace.c \
	src/pack/select.c src/pack/select.h \
	src/pack/select_dist_info.c \
	src/pack/select_include.c \
	src/pack/select_parts.h \
	src/pack/select_sdist.c \
	src/pack/settings.c src/pack/settings.h \
	src/pack/settings_lists.c \
	src/pack/settings_read.h \
	src/pack/stable_choice.c \
	src/pack/triple.c src/pack/triple.h \
	src/pack/venv.c src/pack/venv.h \
	src/pack/walk.c

noinst_LIBRARIES += libwheelpack.a
libwheelpack_a_SOURCES = $(toml_sources) $(pack_sources)
libwheelpack_a_CFLAGS = $(AM_CFLAGS) $(ARCHIVE_CFLAGS)
libwheelpack_a_CXXFLAGS = -std=c++17 -pthread -Wall -Wextra -Wpedantic $(HARDEN_CFLAGS) \
	$(SAN_CXXFLAGS) $(TOMLPP_CFLAGS)

wheelpack_libs = libwheelpack.a $(wheelfix_libs) $(ARCHIVE_LIBS) -lstdc++

# The command line of wheelpack; what both programs share is in libcli.a.
pack_cli_sources = \
	src/cli/cmd_build.c \
	src/cli/cmd_check.c \
	src/cli/cmd_develop.c \
	src/cli/cmd_list_python.c \
	src/cli/cmd_metadata.c \
	src/cli/cmd_pack.c \
	src/cli/cmd_pep517.c \
	src/cli/cmd_sdist.c \
	src/cli/pack_setup.c src/cli/pack_setup.h

noinst_LIBRARIES += libpackcli.a
libpackcli_a_SOURCES = $(pack_cli_sources)

# A static build is for containers in which CI repairs wheels.
if WITH_WHEELPACK
bin_PROGRAMS += wheelpack
else
EXTRA_PROGRAMS += wheelpack
endif
wheelpack_SOURCES = src/cli/main.c src/cli/wheelpack_program.c
wheelpack_LDADD = libpackcli.a libcli.a $(wheelpack_libs)
