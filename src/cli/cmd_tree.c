/* cmd_tree.c -- `wheelfix tree`: which file satisfies each needed library, and why. */
#include <string.h>

#include "base/file.h"
#include "cli/audit_setup.h"
#include "cli/macos_setup.h"
#include "cli/windows_setup.h"
#include "audit/verdict.h"
#include "policy/macos.h"
#include "render/render.h"

enum { LONGEST_ANSWER = 1 << 30, JSON_INDENT = 2 };

static const char *const format_choices[] = { "text", "json", NULL };

static const struct wf_option tree_options[] = {
    { .name = "format",
      .argument = "text|json",
      .about = "how to answer: for people, or as one document",
      .choices = format_choices },
    { .name = "exclude",
      .letter = 'e',
      .argument = "GLOB",
      .repeats = true,
      .about = "do not look for libraries whose name or path matches GLOB" },
    WF_SEARCH_OPTIONS,
    WF_EXECUTABLE_PATH_OPTION,
    WF_WINDOWS_SEARCH_OPTIONS,
    { .name = NULL },
};

struct tree {
    struct wf_cli *cli;
    struct wf_audit_options options; /* the search and the limits are what counts */
    struct wf_text_style style;
    struct wf_buffer out;
    struct wf_json_writer writer;
    bool json;
    int status;
    size_t num_answered;
    const char *wheel; /* the operand being audited, until the auditor took it */
};

static void
raise_status(struct tree *tree, int status)
{
    if (status > tree->status)
        tree->status = status;
}

static void
flush(struct tree *tree)
{
    struct wf_error err = { 0 };

    if (!wf_buffer_ok(&tree->out, "the answer", &err))
        raise_status(tree, wf_cli_fail(tree->cli, &err));
    if (!tree->cli->quiet && !wf_cli_write(tree->cli, &tree->out))
        raise_status(tree, WF_EXIT_INPUT);
    wf_buffer_reset(&tree->out);
}

static void
begin_answer(struct tree *tree, const char *path)
{
    if (!tree->json) {
        if (tree->num_answered++ > 0)
            wf_buffer_add_char(&tree->out, '\n');
        return;
    }
    wf_json_begin_object(&tree->writer);
    wf_json_write_key(&tree->writer, "path");
    wf_json_write_string(&tree->writer, path);
}

static void
add_tree(struct tree *tree, const struct wf_tree *found, unsigned indent)
{
    if (tree->json)
        wf_render_tree_json(&tree->writer, found);
    else
        wf_render_tree_text(&tree->out, found, indent, &tree->style);
}

/* An operand that cannot be read is told of in the document too. */
static void
answer_error(struct tree *tree, const char *path, struct wf_error *err)
{
    if (!wf_text_starts_with(err->where, path))
        wf_error_prefix(err, "%s", path);
    if (tree->json) {
        begin_answer(tree, path);
        wf_json_write_key(&tree->writer, "error");
        wf_json_begin_object(&tree->writer);
        wf_json_write_key(&tree->writer, "kind");
        wf_json_write_string(&tree->writer, wf_error_kind_name(err->kind));
        wf_json_write_key(&tree->writer, "where");
        wf_json_write_string(&tree->writer, err->where);
        wf_json_write_key(&tree->writer, "offset");
        if (err->has_offset)
            wf_json_write_u64(&tree->writer, err->offset);
        else
            wf_json_write_null(&tree->writer);
        wf_json_write_key(&tree->writer, "message");
        wf_json_write_string(&tree->writer, err->text);
        wf_json_end_object(&tree->writer);
        wf_json_end_object(&tree->writer);
    }
    raise_status(tree, wf_cli_fail(tree->cli, err));
}

/* Whether a loader loads something of the image; else what it is. */
static bool
check_loadable(const struct wf_object_file *image, struct wf_error *err)
{
    for (size_t i = 0; i < image->num_objects; i++) {
        if (wf_object_is_judged(&image->objects[i]))
            return true;
    }
    return wf_error_set(err, WF_ERR_UNSUPPORTED, "%s: no loader loads it",
                        image->num_objects == 0
                            ? "nothing"
                            : wf_object_kind_name(image->objects[0].kind));
}

/* Reads the image at `path`; facts live in `arena`. */
static bool
read_image(struct wf_object_file *out, struct tree *tree, struct wf_arena *arena,
           const char *path, struct wf_error *err)
{
    struct wf_buffer bytes;
    bool ok = false;

    wf_buffer_init(&bytes, (size_t)tree->options.limits.member_bytes);
    if (!wf_file_read_whole(&bytes, path, err) || !wf_buffer_ok(&bytes, "the file", err))
        goto out;
    if (wf_object_recognise(wf_buffer_bytes(&bytes)) == WF_FORMAT_NONE) {
        wf_error_set(err, WF_ERR_UNSUPPORTED,
                     "neither a wheel nor an ELF, Mach-O or PE file");
        goto out;
    }
    ok = wf_object_read(out, arena, path, wf_buffer_bytes(&bytes), &tree->options.limits,
                        err) &&
         check_loadable(out, err);
out:
    wf_buffer_clear(&bytes);
    return ok;
}

/* A tree for each slice of a file that a loader loads. */
struct file_trees {
    const struct wf_tree **items;
    size_t num;
};

static bool
resolve_image(struct file_trees *out, struct wf_arena *arena,
              struct wf_resolver *resolver, const struct wf_object_file *image,
              struct wf_error *err)
{
    out->items = wf_arena_array(arena, image->num_objects, sizeof(struct wf_tree *));
    for (size_t i = 0; i < image->num_objects; i++) {
        const struct wf_object *object = &image->objects[i];

        if (!wf_object_is_judged(object))
            continue;
        if (!wf_resolver_tree(&out->items[out->num++], resolver, object, WF_LIBC_UNKNOWN,
                              err))
            return false;
    }
    return true;
}

static void
answer_trees(struct tree *tree, const char *path, const struct file_trees *trees)
{
    begin_answer(tree, path);
    if (tree->json) {
        wf_json_write_key(&tree->writer, "trees");
        wf_json_begin_array(&tree->writer);
    }
    for (size_t i = 0; i < trees->num; i++)
        add_tree(tree, trees->items[i], 0);
    if (tree->json) {
        wf_json_end_array(&tree->writer);
        wf_json_end_object(&tree->writer);
    }
}

static void
answer_file(struct tree *tree, const char *path)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    struct wf_object_file image = { 0 };
    struct file_trees trees = { 0 };
    struct wf_resolver *resolver =
        wf_resolver_new(&tree->options.search, NULL, 0, &tree->options.limits);

    if (read_image(&image, tree, &arena, path, &err) &&
        resolve_image(&trees, &arena, resolver, &image, &err))
        answer_trees(tree, path, &trees);
    else
        answer_error(tree, path, &err);
    wf_resolver_free(resolver);
    wf_arena_clear(&arena);
}

/* The roots in archive order; every other object stands in the tree of one. */
static void
add_wheel_trees(struct tree *tree, const struct wf_report *report)
{
    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_member_object *member = &report->objects[i];

        if (member->tree != NULL &&
            member->tree->root->library->object == &member->resolved)
            add_tree(tree, member->tree, 2);
    }
}

static void
add_treeless(struct tree *tree, const char *path, const char *why)
{
    if (tree->json) {
        wf_json_begin_object(&tree->writer);
        wf_json_write_key(&tree->writer, "path");
        wf_json_write_string(&tree->writer, path);
        wf_json_write_key(&tree->writer, "why");
        wf_json_write_string(&tree->writer, why);
        wf_json_end_object(&tree->writer);
        return;
    }
    wf_buffer_add_str(&tree->out, "  ");
    wf_quote_add(&tree->out, path);
    wf_buffer_add_str(&tree->out, ": no tree: ");
    wf_quote_add(&tree->out, why);
    wf_buffer_add_char(&tree->out, '\n');
}

/* What is native and in no tree: not judged, or not readable. */
static void
add_all_treeless(struct tree *tree, const struct wf_report *report)
{
    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_member_object *member = &report->objects[i];

        if (member->tree == NULL)
            add_treeless(tree, member->installed,
                         member->why_not == NULL ? "it is not judged" : member->why_not);
    }
    for (size_t i = 0; i < report->num_readings; i++) {
        const struct wf_reading *reading = &report->readings[i];

        if (reading->unreadable)
            add_treeless(tree, reading->member->name, reading->error->text);
    }
}

static void
answer_wheel(struct tree *tree, const struct wf_report *report)
{
    struct wf_json_writer *w = &tree->writer;

    begin_answer(tree, report->path);
    if (tree->json) {
        wf_json_write_key(w, "trees");
        wf_json_begin_array(w);
        add_wheel_trees(tree, report);
        wf_json_end_array(w);
        wf_json_write_key(w, "treeless");
        wf_json_begin_array(w);
        add_all_treeless(tree, report);
        wf_json_end_array(w);
        wf_json_end_object(w);
        return;
    }
    wf_quote_add(&tree->out, report->path);
    wf_buffer_add_char(&tree->out, '\n');
    if (report->num_objects == 0 && !report->has_unreadable)
        wf_buffer_add_str(&tree->out, "  no native code\n");
    add_wheel_trees(tree, report);
    add_all_treeless(tree, report);
}

static const char *
next_wheel(void *context)
{
    struct tree *tree = context;
    const char *wheel = tree->wheel;

    tree->wheel = NULL;
    return wheel;
}

static bool
take_report(void *context, struct wf_report *report)
{
    struct tree *tree = context;

    if (report->failed)
        answer_error(tree, report->path, &report->error);
    else
        answer_wheel(tree, report);
    return true;
}

static void
answer_operand(struct tree *tree, const char *path)
{
    if (wf_text_ends_with(path, ".whl")) {
        struct wf_auditor *auditor = wf_auditor_new(&tree->options);

        tree->wheel = path;
        wf_auditor_run(auditor, next_wheel, take_report, tree);
        wf_auditor_free(auditor);
    } else {
        answer_file(tree, path);
    }
}

static void
answer_all(struct tree *tree, const struct wf_strings *operands)
{
    struct wf_json_writer *w = &tree->writer;

    *w = (struct wf_json_writer){ .out = &tree->out, .indent = JSON_INDENT };
    if (tree->json) {
        wf_json_begin_object(w);
        wf_json_write_key(w, "schema");
        wf_json_write_string(w, "wheelfix.tree/1");
        wf_json_write_key(w, "tool");
        wf_json_begin_object(w);
        wf_json_write_key(w, "name");
        wf_json_write_string(w, wf_cli_program());
        wf_json_write_key(w, "version");
        wf_json_write_string(w, wf_cli_version());
        wf_json_end_object(w);
        wf_json_write_key(w, "files");
        wf_json_begin_array(w);
    }
    for (size_t i = 0; i < operands->num && !tree->cli->out_failed; i++) {
        answer_operand(tree, operands->items[i]);
        flush(tree);
    }
    if (tree->json) {
        wf_json_end_array(w);
        wf_json_end_object(w);
        wf_buffer_add_char(&tree->out, '\n');
        flush(tree);
    }
}

static int
run_tree(struct wf_cli *cli, const struct wf_args *args)
{
    const char *format = wf_args_value(cli, args, "format");
    struct wf_error err = { 0 };
    struct tree tree = {
        .cli = cli,
        .options = { .limits = cli->limits, .num_threads = cli->num_threads },
        .style = { .colour = cli->colour_out,
                   .verbose = cli->verbose,
                   .width = cli->width },
        .json = format != NULL && strcmp(format, "json") == 0,
    };

    if (args->operands.num == 0)
        return wf_cli_usage(cli, "which files? give ELF, Mach-O or PE files, or wheels");
    if (!wf_setup_search(&tree.options.search, cli, args, &err) ||
        !wf_windows_read_audit(&tree.options, cli, args, WF_ON_ALL, &err))
        return err.kind == WF_ERR_USAGE ? wf_cli_usage(cli, "%s", err.text)
                                        : wf_cli_fail(cli, &err);
    /* Never looked for: the files behind most of these names stand on no disk. */
    tree.options.search.is_macos_provided = wf_macos_provides;
    wf_verdict_windows_search(&tree.options.search, &cli->arena, tree.options.windows_min,
                              NULL);
    tree.options.policies = wf_policies_builtin();
    tree.options.whole_trees = true;
    wf_buffer_init(&tree.out, LONGEST_ANSWER);
    answer_all(&tree, &args->operands);
    wf_buffer_clear(&tree.out);
    return tree.status;
}

static const char more[] =
    "For each needed library: the file a loader would take and which rule names its\n"
    "folder, or the places that were tried.  A file is looked at as if it were loaded\n"
    "here; a wheel as if it were installed, one tree for each extension and for each\n"
    "object that nothing else in it needs.  Of a universal file every slice has its "
    "own.\n"
    "\n"
    "Exit status: 0 every file was read, whatever was found; 2 usage; 3 some file could\n"
    "not be read (the others are answered all the same).\n";

const struct wf_command wf_cmd_tree = {
    .name = "tree",
    .summary = "Show which library satisfies each need of a file or wheel, and why.",
    .operands = "FILE|WHEEL...",
    .more = more,
    .options = tree_options,
    .run = run_tree,
};
