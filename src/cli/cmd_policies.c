/* cmd_policies.c -- `wheelfix policies`: the tags known, and what each promises. */
#include <string.h>

#include "cli/audit_setup.h"
#include "render/render_policies.h"

enum { LONGEST_ANSWER = 64 << 20, JSON_INDENT = 2 };

static const char *const format_choices[] = { "text", "json", NULL };

static const struct wf_option policies_options[] = {
    { .name = "arch",
      .argument = "ARCH",
      .about = "show what holds for this architecture only" },
    { .name = "format",
      .argument = "text|json",
      .about = "how to answer: for people, or as one document",
      .choices = format_choices },
    WF_POLICY_OPTION,
    { .name = NULL },
};

/* What was asked for, as typed and as understood. */
struct question {
    const char *tag; /* NULL: all */
    struct wf_policies_view view;
};

static bool
has_any_policy(const struct wf_policies *set, enum wf_arch arch)
{
    for (unsigned f = 0; f < WF_POLICY_FAMILIES; f++) {
        size_t num = 0;
        const struct wf_policy *list =
            wf_policies_list(set, (enum wf_policy_family)f, &num);

        for (size_t i = 0; i < num; i++)
            if (wf_policy_has_arch(&list[i], arch))
                return true;
    }
    return false;
}

/* Of --arch. */
static bool
read_arch(struct question *q, const char *word, struct wf_error *err)
{
    const char *names[WF_ARCH_COUNT];
    size_t num = 0;

    if (word == NULL)
        return true;
    q->view.arch = wf_arch_from_name(word);
    if (q->view.arch != WF_ARCH_UNKNOWN && has_any_policy(q->view.set, q->view.arch))
        return true;
    for (unsigned a = WF_ARCH_UNKNOWN + 1; a < WF_ARCH_COUNT; a++)
        if (has_any_policy(q->view.set, (enum wf_arch)a))
            names[num++] = wf_arch_name((enum wf_arch)a);
    if (q->view.arch != WF_ARCH_UNKNOWN)
        return wf_error_set(err, WF_ERR_USAGE, "--arch: there are no policies for %s",
                            word);
    const char *nearest = wf_text_nearest(word, names, num);

    if (nearest != NULL)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--arch: unknown architecture \"%.200s\"; did you mean %s?",
                            word, nearest);
    return wf_error_set(err, WF_ERR_USAGE, "--arch: unknown architecture \"%.200s\"",
                        word);
}

/* The policy that judges a tag without architecture: the one of that name or, as any
 * number is a tag (PEP 600), the newest not above it. */
static const struct wf_policy *
find_judge(const struct wf_policies *set, const char *name, enum wf_arch arch)
{
    const struct wf_policy *policy = wf_policies_find(set, name), *judge = NULL;
    enum wf_policy_family family;
    unsigned major, minor;

    if (policy != NULL || !wf_policy_name_parse(name, &family, &major, &minor))
        return policy;
    for (unsigned a = 0; a < WF_ARCH_COUNT; a++) {
        if (arch != WF_ARCH_UNKNOWN && arch != a)
            continue;
        policy = wf_policies_not_above(set, family, (enum wf_arch)a, major, minor);
        if (policy != NULL && (judge == NULL || policy->rank > judge->rank))
            judge = policy;
    }
    return judge;
}

/* Splits "manylinux_2_17_x86_64" at one of the architectures' words; WF_ARCH_UNKNOWN when
 * it ends with none. */
static enum wf_arch
split_arch(struct wf_arena *arena, const char **name, const char *tag)
{
    for (const char *at = strchr(tag, '_'); at != NULL; at = strchr(at + 1, '_')) {
        const enum wf_arch arch = wf_arch_from_name(at + 1);

        if (arch == WF_ARCH_UNKNOWN)
            continue;
        *name = wf_arena_str(arena, wf_bytes_of(tag, (size_t)(at - tag)));
        return arch;
    }
    *name = tag;
    return WF_ARCH_UNKNOWN;
}

static bool
unknown_tag(struct wf_cli *cli, const struct question *q, struct wf_error *err)
{
    const char *nearest = wf_policies_suggest(q->view.set, &cli->arena, q->tag);

    if (nearest != NULL)
        return wf_error_set(err, WF_ERR_USAGE, "unknown tag \"%.200s\"; did you mean %s?",
                            q->tag, nearest);
    return wf_error_set(err, WF_ERR_USAGE,
                        "unknown tag \"%.200s\"; '%s policies' lists them", q->tag,
                        wf_cli_program());
}

/* The oldest policy of a family for an architecture, or NULL. */
static const struct wf_policy *
oldest_for(const struct wf_policies *set, enum wf_policy_family family, enum wf_arch arch)
{
    size_t num = 0;
    const struct wf_policy *list = wf_policies_list(set, family, &num);

    for (size_t i = 0; i < num; i++)
        if (wf_policy_has_arch(&list[i], arch))
            return &list[i];
    return NULL;
}

static bool
check_arch(const struct question *q, const char *name, struct wf_error *err)
{
    const struct wf_policy *policy = q->view.policy;
    const char *arch = wf_arch_name(q->view.arch);

    if (q->view.arch == WF_ARCH_UNKNOWN || wf_policy_has_arch(policy, q->view.arch))
        return true;
    const struct wf_policy *oldest =
        oldest_for(q->view.set, policy->family, q->view.arch);

    if (oldest == NULL)
        return wf_error_set(err, WF_ERR_USAGE, "there are no %s policies for %s",
                            wf_policy_family_name(policy->family), arch);
    return wf_error_set(err, WF_ERR_USAGE,
                        "%.200s does not exist for %s; the oldest one that does is %s",
                        name, arch, oldest->name);
}

static bool
read_tag(struct question *q, struct wf_cli *cli, struct wf_error *err)
{
    const char *name = NULL;

    if (q->tag == NULL)
        return true;
    const enum wf_arch arch = split_arch(&cli->arena, &name, q->tag);

    if (arch != WF_ARCH_UNKNOWN && q->view.arch != WF_ARCH_UNKNOWN &&
        arch != q->view.arch)
        return wf_error_set(err, WF_ERR_USAGE, "%.200s is for %s, and --arch is %s",
                            q->tag, wf_arch_name(arch), wf_arch_name(q->view.arch));
    if (arch != WF_ARCH_UNKNOWN)
        q->view.arch = arch;
    q->view.policy = find_judge(q->view.set, name, q->view.arch);
    if (q->view.policy == NULL)
        return unknown_tag(cli, q, err);
    return check_arch(q, name, err);
}

/* Whether the tag's number has no policy of its own. */
static bool
is_judged_by_another(const struct question *q, struct wf_arena *arena)
{
    const char *name = NULL;

    if (q->tag == NULL)
        return false;
    split_arch(arena, &name, q->tag);
    return wf_policies_find(q->view.set, name) == NULL;
}

static void
answer_text(struct wf_cli *cli, struct wf_buffer *out, const struct question *q)
{
    const struct wf_text_style style = { .colour = cli->colour_out,
                                         .verbose = cli->verbose,
                                         .width = cli->width };

    if (is_judged_by_another(q, &cli->arena)) {
        wf_quote_add(out, q->tag);
        wf_buffer_printf(
            out, " has no policy of its own; the newest one not above it counts\n\n");
    }
    wf_render_policies_text(out, &q->view, &style);
}

static void
answer_json(struct wf_buffer *out, const struct question *q)
{
    struct wf_json_writer w = { .out = out, .indent = JSON_INDENT };

    wf_json_begin_object(&w);
    wf_json_write_key(&w, "schema");
    wf_json_write_string(&w, "wheelfix.policies/1");
    wf_json_write_key(&w, "tool");
    wf_json_begin_object(&w);
    wf_json_write_key(&w, "name");
    wf_json_write_string(&w, wf_cli_program());
    wf_json_write_key(&w, "version");
    wf_json_write_string(&w, wf_cli_version());
    wf_json_end_object(&w);
    wf_json_write_key(&w, "asked");
    wf_json_write_string(&w, q->tag);
    wf_json_write_key(&w, "policies");
    wf_render_policies_json(&w, &q->view);
    wf_json_end_object(&w);
    wf_buffer_add_char(out, '\n');
}

static int
answer(struct wf_cli *cli, const struct wf_args *args, const struct question *q)
{
    const char *format = wf_args_value(cli, args, "format");
    struct wf_error err = { 0 };
    struct wf_buffer out;
    int status = WF_EXIT_DONE;

    wf_buffer_init(&out, LONGEST_ANSWER);
    if (format != NULL && strcmp(format, "json") == 0)
        answer_json(&out, q);
    else
        answer_text(cli, &out, q);
    if (!wf_buffer_ok(&out, "the answer", &err))
        status = wf_cli_fail(cli, &err);
    else if (!cli->quiet && !wf_cli_write(cli, &out))
        status = WF_EXIT_INPUT;
    wf_buffer_clear(&out);
    return status;
}

static int
run_policies(struct wf_cli *cli, const struct wf_args *args)
{
    struct wf_error err = { 0 };
    struct question q = { 0 };

    if (args->operands.num > 1)
        return wf_cli_usage(cli, "policies takes one tag, not %zu", args->operands.num);
    if (args->operands.num == 1)
        q.tag = args->operands.items[0];
    if (!wf_setup_policies(&q.view.set, cli, args, &err))
        return wf_cli_fail(cli, &err);
    if (!read_arch(&q, wf_args_value(cli, args, "arch"), &err) ||
        !read_tag(&q, cli, &err))
        return wf_cli_usage(cli, "%s", err.text);
    return answer(cli, args, &q);
}

static const char more[] =
    "Without TAG: every tag, its other names, the first systems that satisfy it and the\n"
    "architectures it exists for; with --arch the highest symbol versions instead.  "
    "With\n"
    "TAG, with or without architecture: all that it promises.  -v lists every version.\n"
    "\n"
    "Exit status: 0 done; 2 usage, an unknown tag too; 3 a policy file could not be "
    "read.\n";

const struct wf_command wf_cmd_policies = {
    .name = "policies",
    .summary = "Show which platform tags there are and what each promises.",
    .operands = "[TAG]",
    .more = more,
    .options = policies_options,
    .run = run_policies,
};
