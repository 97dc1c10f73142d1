/* policy_suggest.c -- the known tag nearest to a mistyped one. */
#include "policy/policy.h"

#include <string.h>

#include "base/text.h"

/* What other systems call an architecture, and what the tags call it. */
static const struct {
    const char *theirs;
    enum wf_arch arch;
} arch_words[] = {
    { "_amd64", WF_ARCH_X86_64 },
    { "_x64", WF_ARCH_X86_64 },
    { "_arm64", WF_ARCH_AARCH64 },
    { "_i386", WF_ARCH_I686 },
    { "_x86", WF_ARCH_I686 },
    { "_armhf", WF_ARCH_ARMV7L },
    { "_powerpc64le", WF_ARCH_PPC64LE },
    { "_ppc64el", WF_ARCH_PPC64LE },
};

/* The tag with such a word exchanged, when that makes it a known one. */
static const char *
exchange_word(const struct wf_policies *set, struct wf_arena *arena, const char *tag)
{
    for (size_t i = 0; i < WF_COUNT(arch_words); i++) {
        if (!wf_text_ends_with(tag, arch_words[i].theirs))
            continue;
        const size_t len = strlen(tag) - strlen(arch_words[i].theirs);
        const char *name = wf_arena_str(arena, wf_bytes_of(tag, len));
        const struct wf_policy *policy = wf_policies_find(set, name);

        if (policy != NULL && wf_policy_has_arch(policy, arch_words[i].arch))
            return wf_policies_full_name(arena, name, policy->family, arch_words[i].arch);
    }
    return NULL;
}

/* The name alone and with each of its architectures. */
static void
add_candidates(struct wf_arena *arena, struct wf_strings *list,
               const struct wf_policy *policy, const char *name)
{
    wf_strings_append(arena, list, name);
    for (unsigned a = 0; a < WF_ARCH_COUNT; a++)
        if (wf_policy_has_arch(policy, (enum wf_arch)a))
            wf_strings_append(
                arena, list,
                wf_policies_full_name(arena, name, policy->family, (enum wf_arch)a));
}

const char *
wf_policies_suggest(const struct wf_policies *set, struct wf_arena *arena,
                    const char *tag)
{
    enum { LONGEST = 64 }; /* no tag is as long, and comparing costs length by length */
    struct wf_strings list = { 0 };

    if (strlen(tag) > LONGEST)
        return NULL;
    const char *exchanged = exchange_word(set, arena, tag);

    if (exchanged != NULL)
        return exchanged;
    /* Newest first: of equally near words the first one is proposed. */
    for (unsigned f = 0; f < WF_POLICY_FAMILIES; f++) {
        size_t num = 0;
        const struct wf_policy *policies =
            wf_policies_list(set, (enum wf_policy_family)f, &num);

        for (size_t i = num; i > 0; i--) {
            const struct wf_policy *policy = &policies[i - 1];

            for (size_t k = 0; k < policy->num_aliases; k++)
                add_candidates(arena, &list, policy, policy->aliases[k]);
            add_candidates(arena, &list, policy, policy->name);
        }
    }
    return wf_text_nearest(tag, list.items, list.num);
}
