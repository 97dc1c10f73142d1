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
	src/base/json.c src/base/json.h \
	src/base/json_scan.c src/base/json_scan.h \
	src/base/json_write.c \
	src/base/limits.c src/base/limits.h \
	src/base/output.c src/base/output.h \
	src/base/path_resolve.c \
	src/base/pool.c src/base/pool.h \
	src/base/purl.c src/base/purl.h \
	src/base/reader.c src/base/reader.h \
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
	src/wheel/member_path.c src/wheel/member_path.h \
	src/wheel/metadata.c src/wheel/metadata.h \
	src/wheel/path_sort.c src/wheel/path_sort.h \
	src/wheel/python_coding.c \
	src/wheel/python_marks.c \
	src/wheel/python_source.c src/wheel/python_source.h \
	src/wheel/python_tokens.c src/wheel/python_tokens.h \
	src/wheel/record.c src/wheel/record.h \
	src/wheel/record_write.c src/wheel/record_write.h \
	src/wheel/retag.c \
	src/wheel/retag.h \
	src/wheel/tags.c src/wheel/tags.h \
	src/wheel/version.c \
	src/wheel/wheel.c src/wheel/wheel.h \
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
	src/render/json_keys.c src/render/json_keys.h \
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
wheelfix_SOURCES = src/cli/wheelfix_main.c
wheelfix_LDADD = libcli.a $(wheelfix_libs)
