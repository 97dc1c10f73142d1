/* render_policies_json.c -- policies as JSON objects: wheelfix.policies/1. */
#include "render/policy_items.h"
#include "render/render_policies.h"

static void
write_strings(struct wf_json_writer *w, const char *key, const char *const *items,
              size_t num)
{
    wf_json_write_key(w, key);
    wf_json_begin_array(w);
    for (size_t i = 0; i < num; i++)
        wf_json_write_string(w, items[i]);
    wf_json_end_array(w);
}

static void
write_highest(struct wf_json_writer *w, const struct wf_strings *versions,
              const struct wf_strings *prefixes)
{
    wf_json_write_key(w, "highest");
    wf_json_begin_object(w);
    for (size_t i = 0; i < prefixes->num; i++) {
        wf_json_write_key(w, prefixes->items[i]);
        wf_json_write_string(w, wf_policy_items_highest(versions, prefixes->items[i]));
    }
    wf_json_end_object(w);
}

static void
write_versions(struct wf_json_writer *w, const struct wf_strings *versions,
               const struct wf_strings *prefixes)
{
    wf_json_write_key(w, "versions");
    wf_json_begin_object(w);
    for (size_t i = 0; i < prefixes->num; i++) {
        wf_json_write_key(w, prefixes->items[i]);
        wf_json_begin_array(w);
        for (size_t k = 0; k < versions->num; k++) {
            const char *suffix =
                wf_policy_items_suffix(versions->items[k], prefixes->items[i]);

            if (suffix != NULL)
                wf_json_write_string(w, suffix);
        }
        wf_json_end_array(w);
    }
    wf_json_end_object(w);
}

static void
write_arch(struct wf_json_writer *w, struct wf_arena *arena,
           const struct wf_policies_view *view, const struct wf_policy *policy,
           enum wf_arch arch)
{
    const struct wf_strings versions =
        wf_policy_items_versions(arena, view->set, policy, arch);
    const struct wf_strings prefixes = wf_policy_items_prefixes(arena, &versions);

    wf_json_write_key(w, wf_arch_name(arch));
    wf_json_begin_object(w);
    wf_json_write_key(w, "tag");
    wf_json_write_string(
        w, wf_policies_full_name(arena, policy->name, policy->family, arch));
    write_highest(w, &versions, &prefixes);
    write_versions(w, &versions, &prefixes);
    wf_json_end_object(w);
}

static void
write_forbidden(struct wf_json_writer *w, struct wf_arena *arena,
                const struct wf_policies *set, const struct wf_policy *policy)
{
    const struct wf_strings libraries =
        wf_policy_items_forbidden(arena, set, policy, NULL);

    wf_json_write_key(w, "forbidden_symbols");
    wf_json_begin_object(w);
    for (size_t i = 0; i < libraries.num; i++) {
        const struct wf_strings symbols =
            wf_policy_items_forbidden(arena, set, policy, libraries.items[i]);

        write_strings(w, libraries.items[i], symbols.items, symbols.num);
    }
    wf_json_end_object(w);
}

static void
write_policy(struct wf_json_writer *w, const struct wf_policies_view *view,
             const struct wf_policy *policy)
{
    struct wf_arena arena = { 0 };
    const struct wf_strings libraries =
        wf_policy_items_libraries(&arena, view->set, policy);

    wf_json_begin_object(w);
    wf_json_write_key(w, "name");
    wf_json_write_string(w, policy->name);
    wf_json_write_key(w, "family");
    wf_json_write_string(w, wf_policy_family_name(policy->family));
    write_strings(w, "aliases", policy->aliases, policy->num_aliases);
    wf_json_write_key(w, "priority");
    wf_json_write_u64(w, policy->priority);
    wf_json_write_key(w, "provisional");
    wf_json_write_bool(w, policy->provisional);
    write_strings(w, "systems", policy->systems, policy->num_systems);
    write_strings(w, "images", policy->images, policy->num_images);
    write_strings(w, "libraries", libraries.items, libraries.num);
    write_forbidden(w, &arena, view->set, policy);
    wf_json_write_key(w, "architectures");
    wf_json_begin_object(w);
    for (unsigned a = 0; a < WF_ARCH_COUNT; a++)
        if (wf_policy_has_arch(policy, (enum wf_arch)a) &&
            (view->arch == WF_ARCH_UNKNOWN || view->arch == a))
            write_arch(w, &arena, view, policy, (enum wf_arch)a);
    wf_json_end_object(w);
    wf_json_end_object(w);
    wf_arena_clear(&arena);
}

void
wf_render_policies_json(struct wf_json_writer *w, const struct wf_policies_view *view)
{
    wf_json_begin_array(w);
    for (unsigned f = 0; f < WF_POLICY_FAMILIES; f++) {
        size_t num = 0;
        const struct wf_policy *list =
            wf_policies_list(view->set, (enum wf_policy_family)f, &num);

        for (size_t i = 0; i < num; i++)
            if ((view->policy == NULL || view->policy == &list[i]) &&
                (view->arch == WF_ARCH_UNKNOWN ||
                 wf_policy_has_arch(&list[i], view->arch)))
                write_policy(w, view, &list[i]);
    }
    wf_json_end_array(w);
}
